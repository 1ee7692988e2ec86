/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A call as a script of messages, one line each: milliseconds, hop, what is sent, CSeq, and then words that change it.
 *
 * <pre>
 * 0 a INVITE 1                  a request from the caller on hop a: no To tag, From tag "caller"
 * 100 a 180/INVITE 1            a reply, with To tag "callee"
 * 900 a BYE 2 dialog            within the dialog: with a To tag
 * 900 a BYE 7 callee            from the callee: tags changed over
 * 900 a BYE 2 dialog reason=Q.850;cause=16
 * 40 a ACK 1 dialog of-invite   with the branch of the INVITE, as the ACK of a failure has it
 * 0 a INVITE 1 sdp=0+8          with a session description; "hold" puts on hold
 * 0 b INVITE 1 user=carol       with another user in the Request-URI
 * 100 b 180/INVITE 1 tag=other  with another To tag
 * 0 a INVITE 1 node=node-2      seen by another capture node
 * 0 a INVITE 1 src=7 dst=8      from 10.0.0.7 to 10.0.0.8, where hops have 10.0.0.1 and 10.0.0.2
 * 0 b INVITE 1 port-of=a        from the port of another hop
 * 9 c INVITE 1 behind=b+a       with the Vias of the hops it has passed, the last one first
 * 9 b INVITE 1 forwards=69      with Max-Forwards
 * 0 a INVITE 1 caller=100       with another user in From
 * 0 a INVITE 1 sdp=0 port=4000  with media at another port than 40000
 * 90 a 183/INVITE 1 rseq=2      a provisional reply that is acknowledged by PRACK
 * 0 a INVITE 1 x-cid=call-0     with a header of this name, likewise session-id, icid and referred-by
 * </pre>
 */
final class Script {

    static final long BEGIN = 1_795_000_000_000_000L;

    private Script() {}

    static List<SipMessage> messages(String script) {
        return packets("call-1", script).stream().map(Captures::followed).toList();
    }

    static List<RawPacket> packets(String callId, String script) {
        var packets = new ArrayList<RawPacket>();
        for (String line : script.strip().split("\n")) {
            packets.add(packet(callId, line.strip().split(" +")));
        }
        return packets;
    }

    private static RawPacket packet(String callId, String[] words) {
        long at = BEGIN + Long.parseLong(words[0]) * 1_000;
        String hop = words[1];
        var options = List.of(words).subList(4, words.length);
        String[] reply = words[2].split("/");
        boolean request = reply.length == 1;
        String method = reply[reply.length - 1];
        String cseq = words[3];
        String caller = option(options, "from", "caller");
        boolean callee = options.contains("callee");
        String toTag = !request || callee || options.contains("dialog")
                ? ";tag=" + (callee ? caller : option(options, "tag", "callee"))
                : "";
        String fromTag = callee ? "callee" : caller;
        String branch = (method.equals("CANCEL") || options.contains("of-invite") ? "INVITE" : method) + cseq + fromTag;
        String user = callee ? "bob" : option(options, "caller", "alice");
        String text = (request
                        ? method + " sip:" + option(options, "user", "bob") + "@example.com SIP/2.0"
                        : "SIP/2.0 " + reply[0] + " Text " + reply[0])
                + via(hop, branch)
                + vias(option(options, "behind", ""), branch)
                + header(options, "forwards", "Max-Forwards")
                + "\r\nFrom: <sip:" + user + "@example.com>;tag=" + fromTag
                + "\r\nTo: <sip:" + (callee ? "alice" : "bob") + "@example.com>" + toTag
                + "\r\nCall-ID: " + callId
                + "\r\nCSeq: " + cseq + " " + method
                + header(options, "reason", "Reason")
                + header(options, "asserted", "P-Asserted-Identity")
                + header(options, "agent", "User-Agent")
                + header(options, "refer-to", "Refer-To")
                + header(options, "replaces", "Replaces")
                + header(options, "referred-by", "Referred-By")
                + header(options, "x-cid", "X-CID")
                + header(options, "session-id", "Session-ID")
                + header(options, "icid", "P-Charging-Vector")
                + header(options, "rseq", "RSeq")
                + header(options, "expires", "Expires")
                + header(options, "contact", "Contact")
                + body(options);
        int port = 5060 + option(options, "port-of", hop).charAt(0) - 'a';
        return RawPacket.newBuilder()
                .setPayload(ByteString.copyFrom(text, StandardCharsets.UTF_8))
                .setProtocolType(1)
                .setCapturedAtUs(at)
                .setReceivedAtUs(at)
                .setSourceAddress(address(option(options, "src", request ? "1" : "2")))
                .setDestinationAddress(address(option(options, "dst", request ? "2" : "1")))
                .setSourcePort(port)
                .setDestinationPort(port)
                .setCaptureNode(option(options, "node", "node-" + hop))
                .setSite(option(options, "site", ""))
                .build();
    }

    private static ByteString address(String last) {
        return ByteString.copyFrom(new byte[] {10, 0, 0, Byte.parseByte(last)});
    }

    private static String vias(String hops, String branch) {
        return hops.isEmpty()
                ? ""
                : Stream.of(hops.split("\\+")).map(hop -> via(hop, branch)).collect(Collectors.joining());
    }

    private static String via(String hop, String branch) {
        return "\r\nVia: SIP/2.0/UDP " + hop + ".example.com;branch=z9hG4bK" + branch + hop;
    }

    private static String body(List<String> options) {
        String formats = option(options, "sdp", "");
        if (formats.isEmpty()) {
            return "\r\nContent-Length: 0\r\n\r\n";
        }
        String sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio "
                + option(options, "port", "40000") + " RTP/AVP "
                + formats.replace('+', ' ')
                + (options.contains("hold") ? "\r\na=sendonly\r\n" : "\r\n");
        return "\r\nContent-Type: application/sdp\r\nContent-Length: " + sdp.length() + "\r\n\r\n" + sdp;
    }

    private static String header(List<String> options, String option, String header) {
        String value = option(options, option, "");
        return value.isEmpty() ? "" : "\r\n" + header + ": " + value;
    }

    private static String option(List<String> options, String name, String otherwise) {
        return options.stream()
                .filter(option -> option.startsWith(name + "="))
                .map(option -> option.substring(name.length() + 1))
                .findFirst()
                .orElse(otherwise);
    }
}
