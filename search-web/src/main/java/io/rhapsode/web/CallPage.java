/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.wire.sdp.Media;
import io.rhapsode.wire.sdp.Sdp;
import io.rhapsode.wire.sip.SipMessage;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the page of a call shows.
 *
 * @param records of its Call-ID
 * @param total messages there are; the flow has at most {@link CallStore#MAX_MESSAGES}
 * @param media what was told of each stream
 * @param legs the calls it belongs to
 * @param ofAllLegs true if messages and flow are of all legs of the session
 * @param holds of the call and of its legs
 */
public record CallPage(
        String callId,
        CallRecords records,
        long total,
        CallFlow flow,
        List<Message> messages,
        List<CallMedia> media,
        CallLogs logs,
        CallLegs legs,
        boolean ofAllLegs,
        List<Hold> holds) {

    /**
     * One message, opened by its arrow.
     *
     * @param arrow that it has, alone or with the other captures of it
     */
    public record Message(
            int number,
            String label,
            String time,
            String way,
            String node,
            List<Header> headers,
            List<String> media,
            String raw,
            List<String> defects,
            CallFlow.Arrow arrow) {}

    public record Header(String name, String value) {}

    static CallPage of(
            String callId,
            CallRecords records,
            CallStore.Messages messages,
            CallStore.Messages media,
            CallStore.Messages logs,
            CallLegs legs,
            boolean ofAllLegs,
            List<Hold> holds) {
        var flow = CallFlow.of(messages.hits(), ofAllLegs ? legs.callIds() : List.of());
        var arrows = flow.byMessage();
        var shown = new ArrayList<Message>();
        for (Page.Hit hit : messages.hits()) {
            int number = shown.size() + 1;
            shown.add(message(number, hit.document(), arrows.get(number)));
        }
        return new CallPage(
                callId,
                records,
                messages.total(),
                flow,
                List.copyOf(shown),
                CallMedia.of(media.hits()),
                CallLogs.of(logs),
                legs,
                ofAllLegs,
                holds);
    }

    private static Message message(int number, JsonObject document, CallFlow.Arrow arrow) {
        String raw = Documents.text(document, "event.original");
        return new Message(
                number,
                CallFlow.label(document),
                Documents.text(document, "@timestamp"),
                CallFlow.host(document, "source") + " → " + CallFlow.host(document, "destination") + " "
                        + Documents.text(document, "network.transport"),
                Documents.text(document, "observer.name"),
                headers(raw),
                media(document),
                raw,
                Documents.texts(document, "rhapsode.defects"),
                arrow);
    }

    private static List<Header> headers(String raw) {
        var headers = new ArrayList<Header>();
        String[] lines = raw.split("\r\n|\n|\r", -1);
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            boolean folded = lines[i].charAt(0) == ' ' || lines[i].charAt(0) == '\t';
            headers.add(
                    folded || colon < 0
                            ? new Header("", lines[i].strip())
                            : new Header(
                                    lines[i].substring(0, colon).strip(),
                                    lines[i].substring(colon + 1).strip()));
        }
        return headers;
    }

    private static List<String> media(JsonObject document) {
        if (!Documents.text(document, "sip.content_type").startsWith("application/sdp")) {
            return List.of();
        }
        byte[] bytes = CallPcap.payload(document);
        var message = SipMessage.of(bytes, 0, bytes.length);
        return Sdp.of(bytes, message.bodyOffset(), message.bodyLength()).media().stream()
                .map(CallPage::sentence)
                .toList();
    }

    private static String sentence(Media media) {
        String codecs = media.codecs().stream()
                .map(codec -> codec.name().toString())
                .filter(name -> !name.isEmpty())
                .collect(Collectors.joining(", "));
        String at = media.port() == 0 ? "refused" : media.address() + ":" + media.port();
        return media.type() + " " + at + ", " + media.direction() + (codecs.isEmpty() ? "" : ", " + codecs);
    }

    /** Inline, with links to the messages below. */
    public String svg() {
        return FlowSvg.inline(flow);
    }

    public String path() {
        return "/api/v1/calls/" + Pages.escaped(callId);
    }

    /** That of this very call; null if there is none. */
    public Hold hold() {
        return holds.stream()
                .filter(hold -> hold.callId().equals(callId))
                .findFirst()
                .orElse(null);
    }

    public int longestReason() {
        return Holds.LONGEST_REASON;
    }

    public int longestBy() {
        return Holds.LONGEST_BY;
    }

    /** What the addresses of its ladder and its file end in. */
    public String scope() {
        return ofAllLegs ? "?legs=true" : "";
    }

    public String page() {
        return Pages.callPath(callId);
    }

    /** The facts at the top, only those that are known. */
    public Map<String, String> facts() {
        var facts = new LinkedHashMap<String, String>();
        fact(facts, "State", text("rhapsode.call.state"));
        fact(facts, "Why", text("rhapsode.call.why"));
        fact(facts, "Method", text("sip.method"));
        fact(facts, "From", party("from"));
        fact(facts, "To", party("to"));
        fact(facts, "Begin", text("event.start"));
        fact(facts, "Answer", text("rhapsode.call.answer"));
        fact(facts, "End", text("event.end"));
        fact(facts, "Post-dial delay", millis("rhapsode.call.srd_successful_ms"));
        fact(facts, "Rang", duration("rhapsode.call.ring_ms"));
        fact(facts, "Duration", duration("rhapsode.call.duration_ms"));
        fact(facts, "Final code", (text("sip.code") + " " + text("sip.status")).strip());
        fact(facts, "Ended by", text("rhapsode.call.ended_by"));
        fact(facts, "Reason", text("rhapsode.call.end_reason"));
        fact(facts, "Disconnect delay", millis("rhapsode.call.sdd_ms"));
        fact(facts, "Registration delay", millis("rhapsode.call.rrd_ms"));
        fact(facts, "Bindings", bindings());
        fact(facts, "Rewritten to", rewritten());
        fact(facts, "Transferred to", text("rhapsode.call.transferred_to"));
        fact(facts, "Replaces", text("rhapsode.call.replaces"));
        fact(facts, "Put on hold", text("rhapsode.call.held"));
        fact(facts, "Codecs", codecs());
        fact(facts, "Media", quality());
        fact(facts, "Forked", number("rhapsode.call.dialogs") > 1 ? number("rhapsode.call.dialogs") + " dialogs" : "");
        fact(facts, "Seen again", seenAgain());
        fact(facts, "Sites", String.join(", ", Documents.texts(records.call(), "rhapsode.site")));
        fact(facts, "Hosts", String.join(", ", Documents.texts(records.call(), "rhapsode.call.hosts")));
        fact(facts, "User agents", String.join(", ", Documents.texts(records.call(), "sip.user_agent.original")));
        fact(facts, "Capture nodes", String.join(", ", Documents.texts(records.call(), "observer.name")));
        return facts;
    }

    /** How many messages there are: "1 message". */
    public String size() {
        return total + (total == 1 ? " message" : " messages");
    }

    /** How often the Call-ID was used before: "once", "2 times"; empty if it was not. */
    public String earlier() {
        int times = records.earlier().size();
        return times == 0 ? "" : times == 1 ? "once" : times + " times";
    }

    /** What came with this Call-ID when the call was over, the newest first: "NOTIFY at 2026-11-24T08:15:00Z". */
    public String later() {
        return records.later().stream()
                .map(Page.Hit::document)
                .map(other -> Documents.text(other, "sip.method") + " at " + Documents.text(other, "@timestamp"))
                .collect(Collectors.joining(", "));
    }

    private static void fact(Map<String, String> facts, String name, String value) {
        if (!value.isEmpty()) {
            facts.put(name, value);
        }
    }

    public String text(String field) {
        return Documents.text(records.call(), field);
    }

    private String duration(String field) {
        long millis = Documents.number(records.call(), field, -1);
        return millis < 0 ? "" : SearchPage.duration(millis);
    }

    private long number(String field) {
        return Documents.number(records.call(), field, 0);
    }

    private String millis(String field) {
        long millis = Documents.number(records.call(), field, -1);
        return millis < 0 ? "" : millis + " ms";
    }

    private String bindings() {
        long expires = Documents.number(records.call(), "rhapsode.call.expires_s", -1);
        long bindings = number("rhapsode.call.bindings");
        return bindings == 0 ? "" : bindings + (expires < 0 ? "" : ", the last ends after " + expires + " s");
    }

    private String rewritten() {
        String a = text("rhapsode.call.a_number_after");
        String b = text("rhapsode.call.b_number_after");
        return a.isEmpty() && b.isEmpty() ? "" : first(a, caller()) + " → " + first(b, called());
    }

    private String codecs() {
        String offered = String.join(", ", Documents.texts(records.call(), "rhapsode.call.codecs_offered"));
        String answered = String.join(", ", Documents.texts(records.call(), "rhapsode.call.codecs_answered"));
        return answered.isEmpty() ? offered : offered + " → " + answered;
    }

    /** The worst that reports told of any stream. */
    private String quality() {
        var told = new ArrayList<String>();
        boolean computed = text("rhapsode.call.media.mos_computed").equals("true");
        told(told, "MOS %.2f at worst" + (computed ? " (computed)" : ""), "mos_lowest");
        told(told, "%.2f on average", "mos_mean");
        told(told, "loss %.1f %%", "loss_percent_highest");
        told(told, "jitter %.1f ms", "jitter_ms_highest");
        told(told, "round trip %.0f ms", "round_trip_ms_highest");
        return String.join(", ", told);
    }

    private void told(List<String> told, String format, String field) {
        double value = Documents.decimal(records.call(), "rhapsode.call.media." + field);
        if (!Double.isNaN(value)) {
            told.add(String.format(Locale.ROOT, format, value));
        }
    }

    /** Of the messages those that were no new ones. */
    private String seenAgain() {
        var counts = new ArrayList<String>();
        count(counts, "rhapsode.call.retransmissions", "retransmitted");
        count(counts, "rhapsode.call.further_sightings", "on further hops");
        count(counts, "rhapsode.call.duplicates", "by two capture nodes");
        return String.join(", ", counts);
    }

    private void count(List<String> counts, String field, String name) {
        if (number(field) > 0) {
            counts.add(number(field) + " " + name);
        }
    }

    private String party(String side) {
        String user = text("sip." + side + ".uri.username");
        String host = text("sip." + side + ".uri.host");
        return user.isEmpty() ? host : user + "@" + host;
    }

    /** The A number, or who else it is known by. */
    public String caller() {
        return first(text("rhapsode.call.a_number"), party("from"));
    }

    public String called() {
        return first(text("rhapsode.call.b_number"), party("to"));
    }

    private static String first(String one, String other) {
        return one.isEmpty() ? other : one;
    }
}
