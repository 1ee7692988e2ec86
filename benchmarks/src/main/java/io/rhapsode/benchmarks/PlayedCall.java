/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.Link;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.RawPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** One call that goes by its script: its packets as the gateway writes them, its record as the stream-processor does. */
final class PlayedCall {

    /** Of a session of two legs, or the only one. */
    enum Leg {
        ONLY,
        FIRST,
        SECOND
    }

    private static final Map<String, String> PHRASES = Map.of(
            "100", "Trying",
            "180", "Ringing",
            "200", "OK",
            "401", "Unauthorized",
            "404", "Not Found",
            "407", "Proxy Authentication Required",
            "480", "Temporarily Unavailable",
            "486", "Busy Here",
            "487", "Request Terminated",
            "503", "Service Unavailable");

    private static final Map<CallScript, String> END_CLASSES = Map.of(
            CallScript.BUSY, "busy",
            CallScript.NOT_FOUND, "not-found",
            CallScript.AWAY, "no-answer",
            CallScript.OVERLOADED, "server-error",
            CallScript.CANCELLED, "cancelled");

    /** As HEP senders have them. */
    private static final Map<String, Integer> IP_PROTOCOLS = Map.of("udp", 17, "tcp", 6, "tls", 22);

    private static final int TRUNKS = 24;
    private static final String DOMAIN = "voice.example.net";
    private static final String REGISTRAR = "Registrar 7.4.2";

    private final int number;
    private final Leg leg;
    private final CallScript script;
    private final Subscriber caller;
    private final Subscriber callee;
    private final SplittableRandom random;
    private final String key;
    private final String node;
    private final boolean asserts;
    private final boolean charged;
    private final boolean byCallee;
    private final byte[][] path;
    private final List<RawPacket> packets = new ArrayList<>();
    private final Call.Builder record = Call.newBuilder();
    private long at;
    private int cseq;
    private String method = "";
    private boolean established;
    private boolean credentials;

    /** @param number of the call, of both legs that of the first */
    PlayedCall(
            int number,
            Leg leg,
            CallScript script,
            Subscriber caller,
            Subscriber callee,
            long beginMicros,
            SplittableRandom random) {
        this.number = number;
        this.leg = leg;
        this.script = script;
        this.caller = caller;
        this.callee = callee;
        this.random = random;
        at = beginMicros;
        key = Long.toHexString(random.nextLong()) + (leg == Leg.SECOND ? "b" : "a");
        node = "sbc-" + caller.site() + "-" + (1 + caller.id() % 2);
        asserts = random.nextInt(10) < 6;
        charged = random.nextInt(10) < 3;
        byCallee = random.nextInt(10) < 4;
        path = path();
        play();
    }

    /** In order of time. */
    List<RawPacket> packets() {
        return packets;
    }

    Call record() {
        return record.build();
    }

    Subscriber caller() {
        return caller;
    }

    Subscriber callee() {
        return callee;
    }

    String callId() {
        return callId(leg == Leg.SECOND);
    }

    private String callId(boolean second) {
        return second
                ? "b2b-" + Integer.toHexString(number * 0x9e3779b1) + "-" + number + "@10.0.0.5"
                : Integer.toHexString(number * 0x85ebca6b) + "-" + number + "@" + text(caller.address());
    }

    /** Who the messages pass, the ends included. */
    private byte[][] path() {
        byte[] edge = {10, 0, (byte) Subscriber.SITES.indexOf(caller.site()), 1};
        byte[] trunk = {(byte) 192, 0, 2, (byte) (10 + callee.id() % TRUNKS)};
        byte[] b2bua = {10, 0, 0, 5};
        if (!script.isInvite()) {
            return new byte[][] {caller.address(), edge};
        }
        byte[] from = leg == Leg.SECOND ? b2bua : caller.address();
        byte[] to = leg == Leg.FIRST ? b2bua : callee.id() % 5 < 2 ? callee.address() : trunk;
        return script.hops == 1 ? new byte[][] {from, to} : new byte[][] {from, edge, to};
    }

    private void play() {
        begin();
        String before = "";
        for (String step : script.steps) {
            at += delayMicros(step, before);
            if (Character.isDigit(step.charAt(0))) {
                reply(step);
            } else {
                request(step);
            }
            before = step;
        }
        end();
    }

    private void begin() {
        record.setCallId(callId())
                .setOpenedAtUs(at)
                .setOpenedReceivedAtUs(at)
                .setBeginAtUs(at)
                .setRevision(at)
                .setMethod(script.steps.get(0))
                .setFromUser(caller.number())
                .setFromHost(DOMAIN)
                .setToUser(to().number())
                .setToHost(DOMAIN)
                .setANumber(caller.number())
                .setBNumber(to().number())
                .addCaptureNodes(node)
                .addSites(caller.site())
                .addUserAgents(caller.agent())
                .addUserAgents(script.isInvite() ? callee.agent() : REGISTRAR);
        for (byte[] each : path) {
            record.addHosts(text(each) + ":5060");
        }
    }

    private Subscriber to() {
        return script.isInvite() ? callee : caller;
    }

    private void request(String step) {
        established |= step.equals("ACK") && script.isAnswered() && !isChallenge();
        if (!step.equals("ACK") && !step.equals("CANCEL")) {
            cseq++;
        }
        boolean backwards = step.equals("BYE") && byCallee;
        if (step.equals("BYE") || step.equals("CANCEL")) {
            record.setEndAtUs(at).setEndedBy(backwards ? "callee" : "caller");
        }
        method = step;
        send(backwards, requestText(step, backwards));
    }

    private boolean isChallenge() {
        return record.getFinalCode() == 407;
    }

    private void reply(String code) {
        String of = code.equals("487") ? "INVITE" : method;
        boolean toInvite = of.equals("INVITE") || of.equals("REGISTER") || of.equals("OPTIONS");
        credentials |= code.equals("401") || code.equals("407");
        if (code.equals("180")) {
            record.setRingingAtUs(at).setSrdSuccessfulMs((at - record.getBeginAtUs()) / 1_000);
        }
        if (toInvite && code.charAt(0) > '1' && !established) {
            record.setFinalCode(Integer.parseInt(code)).setFinalReason(PHRASES.get(code));
            if (code.equals("200") && script.isInvite()) {
                record.setAnswerAtUs(at);
            } else if (code.charAt(0) > '3') {
                record.setEndAtUs(at);
            }
        }
        boolean backwards = !(of.equals("BYE") && byCallee);
        send(backwards, replyText(code, of));
    }

    private void end() {
        if (record.getRingingAtUs() > 0) {
            long until = record.getAnswerAtUs() > 0 ? record.getAnswerAtUs() : record.getEndAtUs();
            record.setRingMs((until - record.getRingingAtUs()) / 1_000);
        }
        if (script.isAnswered()) {
            record.setDurationMs((record.getEndAtUs() - record.getAnswerAtUs()) / 1_000)
                    .setSddMs((at - record.getEndAtUs()) / 1_000)
                    .setEndQ850(16)
                    .setEndQ850Text("Normal call clearing");
        }
        String endClass = END_CLASSES.getOrDefault(script, "");
        if (!endClass.isEmpty()) {
            record.setEndClass(endClass)
                    .setWhy(record.getFinalCode() + " " + record.getFinalReason() + " from "
                            + text(path[path.length - 1]) + ":5060 after "
                            + (at - record.getBeginAtUs()) / 100_000 / 10.0 + " s");
        }
        if (script.isInvite()) {
            record.addCodecsOffered("PCMA").addCodecsOffered("PCMU").setDialogs(1);
        }
        record.setState(state())
                .setLastAtUs(at)
                .setMessages(packets.size())
                .setFurtherSightings(packets.size() - script.steps.size());
        if (leg != Leg.ONLY) {
            record.setSession(callId(false))
                    .addLinks(Link.newBuilder()
                            .setCallId(callId(leg == Leg.FIRST))
                            .setRule(LinkRule.NUMBERS_AND_HOST)
                            .setConfidence(0.7)
                            .setAsserted(true));
        }
    }

    private CallState state() {
        return switch (script) {
            case REGISTERED -> CallState.REGISTRATION;
            case ALIVE -> CallState.OTHER;
            case CANCELLED -> CallState.CANCELLED;
            default -> script.isAnswered() ? CallState.ENDED : CallState.FAILED;
        };
    }

    private long delayMicros(String step, String before) {
        double even = random.nextDouble();
        double millis =
                switch (step) {
                    case "180" -> 200 + 2_800 * even;
                    case "BYE" -> -110_000 * Math.log(1 - even * 0.99999);
                    case "CANCEL", "480", "486" -> 3_000 + 27_000 * even;
                    case "INVITE" -> before.equals("ACK") && established ? 20_000 * even : 1 + even;
                    case "200" -> before.equals("180") ? 2_000 + 20_000 * even : 5 + 60 * even;
                    default -> 5 + 60 * even;
                };
        return (long) (millis * 1_000);
    }

    /** On each hop, a millisecond or so later on the next. */
    private void send(boolean backwards, String text) {
        for (int hop = 0; hop < script.hops; hop++) {
            int first = backwards ? path.length - 1 - hop : hop;
            int second = backwards ? first - 1 : first + 1;
            at += hop == 0 ? 0 : 700 + random.nextInt(600);
            packets.add(packet(path[first], path[second], text.replace("$", text(path[first]))));
        }
    }

    private RawPacket packet(byte[] source, byte[] destination, String text) {
        return RawPacket.newBuilder()
                .setPayload(UnsafeByteOperations.unsafeWrap(text.getBytes(StandardCharsets.US_ASCII)))
                .setProtocolType(1)
                .setIpProtocol(IP_PROTOCOLS.get(caller.transport()))
                .setSourceAddress(ByteString.copyFrom(source))
                .setDestinationAddress(ByteString.copyFrom(destination))
                .setSourcePort(5060)
                .setDestinationPort(5060)
                .setCapturedAtUs(at)
                .setReceivedAtUs(at)
                .setCaptureNode(node)
                .setSite(caller.site())
                .setAgentId(2001)
                .build();
    }

    private String requestText(String step, boolean backwards) {
        var text = new StringBuilder(1_000);
        boolean register = step.equals("REGISTER");
        text.append(step).append(" sip:");
        text.append(register ? "" : (backwards ? caller : to()).number() + "@");
        text.append(DOMAIN).append(" SIP/2.0\r\n");
        dialog(text, step, backwards, established || step.equals("BYE"));
        text.append("Max-Forwards: 70\r\nContact: <sip:").append((backwards ? callee : caller).number());
        text.append("@$:5060;transport=").append(caller.transport()).append(">\r\nUser-Agent: ");
        text.append((backwards ? callee : caller).agent()).append("\r\n");
        if (credentials && (step.equals("INVITE") || register)) {
            text.append(register ? "Authorization" : "Proxy-Authorization").append(": Digest username=\"");
            text.append(caller.number())
                    .append("\",realm=\"")
                    .append(DOMAIN)
                    .append("\",nonce=\"")
                    .append(key);
            text.append("\",uri=\"sip:").append(DOMAIN).append("\",response=\"");
            text.append(Long.toHexString(random.nextLong())).append(Long.toHexString(random.nextLong()));
            text.append("\",algorithm=MD5\r\n");
        }
        if (step.equals("INVITE")) {
            text.append("Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK\r\n");
            text.append("Supported: replaces, timer, 100rel\r\nSession-Expires: 1800;refresher=uac\r\n");
            text.append(asserts ? "P-Asserted-Identity: <sip:" + caller.number() + "@" + DOMAIN + ">\r\n" : "");
            text.append(charged ? "P-Charging-Vector: icid-value=" + key + ";orig-ioi=" + DOMAIN + "\r\n" : "");
        }
        text.append(step.equals("BYE") ? "Reason: Q.850;cause=16;text=\"Normal call clearing\"\r\n" : "");
        text.append(register ? "Expires: 600\r\n" : "");
        return withBody(text, step.equals("INVITE") ? sdp(caller) : "");
    }

    private String replyText(String code, String of) {
        var text = new StringBuilder(800);
        text.append("SIP/2.0 ")
                .append(code)
                .append(' ')
                .append(PHRASES.get(code))
                .append("\r\n");
        boolean backwards = of.equals("BYE") && byCallee;
        dialog(text, of, backwards, !code.equals("100"));
        text.append(script.isInvite() ? "User-Agent: " : "Server: ");
        text.append(script.isInvite() ? (backwards ? caller : callee).agent() : REGISTRAR)
                .append("\r\n");
        boolean answers = code.equals("200") && of.equals("INVITE");
        if (answers || of.equals("REGISTER") && code.equals("200")) {
            text.append("Contact: <sip:").append(to().number()).append("@$:5060>;expires=600\r\n");
        }
        if (code.equals("401") || code.equals("407")) {
            text.append(code.equals("401") ? "WWW-Authenticate" : "Proxy-Authenticate")
                    .append(": Digest realm=\"");
            text.append(DOMAIN).append("\",nonce=\"").append(key).append("\",algorithm=MD5\r\n");
        }
        text.append(code.equals("486") ? "Reason: Q.850;cause=17;text=\"User busy\"\r\n" : "");
        return withBody(text, answers ? sdp(callee) : "");
    }

    /** What request and reply have in common; "$" stands for the address of who sends. */
    private void dialog(StringBuilder text, String of, boolean backwards, boolean tagged) {
        text.append("Via: SIP/2.0/").append(caller.transport().toUpperCase(Locale.ROOT));
        text.append(' ')
                .append(text(path[0]))
                .append(":5060;rport;branch=z9hG4bK")
                .append(key);
        text.append(cseq).append(of.equals("ACK") ? "k" : "").append("\r\n");
        String from = party(caller, "t" + key);
        String to = party(to(), tagged ? "u" + key : "");
        text.append("From: ").append(backwards ? to : from).append("\r\nTo: ").append(backwards ? from : to);
        text.append("\r\nCall-ID: ")
                .append(callId())
                .append("\r\nCSeq: ")
                .append(cseq)
                .append(' ')
                .append(of);
        text.append("\r\n");
    }

    private static String party(Subscriber who, String tag) {
        return "\"" + who.name() + "\" <sip:" + who.number() + "@" + DOMAIN + ">"
                + (tag.isEmpty() ? "" : ";tag=" + tag);
    }

    private String sdp(Subscriber who) {
        int port = 10_000 + 2 * ((number * 31 + who.id()) % 20_000);
        return "v=0\r\no=- " + number + " 1 IN IP4 " + text(who.address()) + "\r\ns=-\r\nc=IN IP4 "
                + text(who.address()) + "\r\nt=0 0\r\nm=audio " + port + " RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n"
                + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n";
    }

    private static String withBody(StringBuilder head, String body) {
        head.append(body.isEmpty() ? "" : "Content-Type: application/sdp\r\n");
        return head.append("Content-Length: ")
                .append(body.length())
                .append("\r\n\r\n")
                .append(body)
                .toString();
    }

    private static String text(byte[] address) {
        return (address[0] & 255) + "." + (address[1] & 255) + "." + (address[2] & 255) + "." + (address[3] & 255);
    }
}
