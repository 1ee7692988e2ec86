/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the form shows: a field for each thing that is commonly searched for. It is another way to write a query, no
 * other way to search.
 *
 * @param typed what it is filled in with
 * @param knownNodes capture nodes to choose from
 * @param nodes those that are chosen
 */
public record FormPage(Parameters typed, List<String> knownNodes, List<String> nodes) {

    /** @param name in the address and, but for what {@link FormQuery} explains, in the query */
    public record Input(String name, String title, String example) {}

    public record Group(String title, List<Input> inputs) {}

    static final List<Group> GROUPS = List.of(
            new Group(
                    "Who",
                    List.of(
                            new Input("ruri", "RURI user", "+49221* or *4991"),
                            new Input("to", "To user", "bob"),
                            new Input("from", "From user", "+492219876543"),
                            new Input("pid", "PID user", "asserted identity"),
                            new Input("contact", "Contact user", "alice"),
                            new Input("auth", "Auth user", "alice"))),
            new Group(
                    "Which call",
                    List.of(
                            new Input("callid", "Call-ID", "abc@host or abc*"),
                            new Input("b2b", "B2B Call-ID", "all legs that are joined"),
                            new Input("fromtag", "From tag", ""),
                            new Input("totag", "To tag", ""),
                            new Input("branch", "Via branch", "z9hG4bK776asdhds"),
                            new Input("via1", "Via 1", "SIP/2.0/UDP 10.0.0.1:5060"))),
            new Group(
                    "Which message",
                    List.of(
                            new Input("method", "Method or reply", "INVITE or 486 or 4xx"),
                            new Input("status", "Reply reason", "Busy Here"),
                            new Input("cseq", "CSeq", "1 INVITE"),
                            new Input("reason", "Reason", "cause=16"),
                            new Input("diversion", "Diversion", "no-answer"),
                            new Input("ua", "User-Agent", "a part is enough"),
                            new Input("contenttype", "Content-Type", "application/sdp"))),
            new Group(
                    "Between whom",
                    List.of(
                            new Input("src", "Source IP", "10.0.0.1 or 10.0.0.0/8"),
                            new Input("srcport", "Source port", "5060"),
                            new Input("dst", "Destination IP", "10.0.0.2 or 10.1.*"),
                            new Input("dstport", "Destination port", "5060"),
                            new Input("contacthost", "Contact IP", "192.0.2.7"),
                            new Input("contactport", "Contact port", "5060"),
                            new Input("originator", "Originator IP", "of the last Via"),
                            new Input("originatorport", "Originator port", "5060"),
                            new Input("transport", "Protocol", "udp"))));

    private static final List<String> METHODS = List.of(
            "INVITE",
            "ACK",
            "BYE",
            "CANCEL",
            "OPTIONS",
            "REGISTER",
            "PRACK",
            "SUBSCRIBE",
            "NOTIFY",
            "PUBLISH",
            "INFO",
            "REFER",
            "MESSAGE",
            "UPDATE",
            "1xx",
            "2xx",
            "3xx",
            "4xx",
            "5xx",
            "6xx");

    private static final List<String> TRANSPORTS = List.of("udp", "tcp", "tls", "sctp");

    /** The names the form knows beside those of its inputs and "node". */
    private static final List<String> OTHERS = List.of("join", "range", "begin", "end", "size", "unique");

    static List<Input> inputs() {
        return GROUPS.stream().flatMap(group -> group.inputs().stream()).toList();
    }

    /** What may be given, each once. */
    static String[] names() {
        return Stream.concat(inputs().stream().map(Input::name), OTHERS.stream())
                .toArray(String[]::new);
    }

    public List<Group> groups() {
        return GROUPS;
    }

    public String value(String name) {
        return typed.text(name);
    }

    /** What a browser may offer for this field, in lists of the page. */
    public String list(Input input) {
        return switch (input.name()) {
            case "method" -> "methods";
            case "transport" -> "transports";
            default -> null;
        };
    }

    public List<String> methods() {
        return METHODS;
    }

    public List<String> transports() {
        return TRANSPORTS;
    }

    public List<String> ranges() {
        return Pages.RANGES.keySet().stream().toList();
    }

    public String range() {
        return typed.text("range").isEmpty() ? Pages.DEFAULT_RANGE : typed.text("range");
    }

    /** Chosen, but not among those to choose from. */
    public String otherNodes() {
        return String.join(
                ", ", nodes.stream().filter(node -> !knownNodes.contains(node)).toList());
    }

    public int mostRecords() {
        return Search.MAX_SIZE;
    }

    public int records() {
        return Search.DEFAULT_SIZE;
    }
}
