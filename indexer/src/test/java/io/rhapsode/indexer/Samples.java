/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Uri;
import io.rhapsode.schema.Via;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Values of the topics with every field filled in. */
final class Samples {

    /** 2026-11-24T08:30:00.000001Z. */
    static final long AT = 1_795_509_000_000_001L;

    static final String INVITE = "INVITE sip:bob@b.example SIP/2.0\r\nCall-ID: one@a.example\r\n\r\n";

    private Samples() {}

    static ConsumerRecord<byte[], byte[]> record(String topic, long offset, byte[] value) {
        return new ConsumerRecord<>(topic, 0, offset, "key".getBytes(StandardCharsets.UTF_8), value);
    }

    static ConsumerRecord<byte[], byte[]> message(long offset) {
        return record(
                Document.MESSAGE.topicName(),
                offset,
                message().setRawOffset(offset).build().toByteArray());
    }

    /** A capture time that was absurd, so that captured_at_us is written as well. */
    static SipMessage.Builder message() {
        return SipMessage.newBuilder()
                .setPacket(packet())
                .setRawPartition(3)
                .setRawOffset(77)
                .setAtUs(AT)
                .setCaptureTimeAbsurd(true)
                .setMethod("INVITE")
                .setRequestUri(uri("bob", "b.example"))
                .setStatusCode(486)
                .setReasonPhrase("Busy Here")
                .setCallId("one@a.example")
                .setCseqNumber(-1)
                .setCseqMethod("INVITE")
                .setFrom(party("Alice", "+4930123", "a1"))
                .setTo(party("Bob", "bob", "b1"))
                .addContact(party("Desk", "alice", ""))
                .addVia(Via.newBuilder()
                        .setOriginal("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=198.51.100.1")
                        .setTransport("UDP")
                        .setHost("192.0.2.1")
                        .setPort(5060)
                        .setBranch("z9hG4bK1")
                        .setReceived("198.51.100.1"))
                .setUserAgent("Phone 1")
                .setContentType("application/sdp")
                .setContentLength(0)
                .setMaxForwards(70)
                .addAssertedIdentity(party("Alice", "+4930123", ""))
                .setAuthUser("alice")
                .addReason("Q.850;cause=17")
                .addDiversion("<sip:carol@c.example>;reason=no-answer")
                .setExpires(3600)
                .addDefects("body-shorter-than-content-length")
                .addMedia("192.0.2.1:40000");
    }

    private static RawPacket.Builder packet() {
        return RawPacket.newBuilder()
                .setPayload(ByteString.copyFromUtf8(INVITE).concat(ByteString.copyFrom(new byte[] {(byte) 0xFF})))
                .setProtocolType(1)
                .setCapturedAtUs(1)
                .setReceivedAtUs(AT)
                .setSourceAddress(ByteString.copyFrom(new byte[] {(byte) 192, 0, 2, 1}))
                .setDestinationAddress(ByteString.copyFrom(new byte[] {(byte) 192, 0, 2, 2}))
                .setSourcePort(5060)
                .setDestinationPort(5062)
                .setIpProtocol(17)
                .setAgentId(-1)
                .setCaptureNode("sbc-1")
                .setCorrelationId("one@a.example")
                .setVlan(100)
                .setSource("hep3")
                .setSender("192.0.2.9:40000")
                .setSite("dus");
    }

    private static Uri.Builder uri(String user, String host) {
        return Uri.newBuilder()
                .setOriginal("sip:" + user + "@" + host + ":5061")
                .setScheme("sip")
                .setUser(user)
                .setHost(host)
                .setPort(5061);
    }

    private static Party.Builder party(String name, String user, String tag) {
        return Party.newBuilder()
                .setOriginal("\"" + name + "\" <sip:" + user + "@a.example:5061>")
                .setDisplayName(name)
                .setUri(uri(user, "a.example"))
                .setTag(tag);
    }

    static Call.Builder call() {
        return Call.newBuilder()
                .setCallId("one@a.example")
                .setOpenedAtUs(AT)
                .setOpenedReceivedAtUs(AT)
                .setRevision(4)
                .setState(CallState.CANCELLED)
                .setMethod("INVITE")
                .setBeginAtUs(AT)
                .setRingingAtUs(AT + 1)
                .setAnswerAtUs(AT + 2)
                .setEndAtUs(AT + 3)
                .setLastAtUs(AT + 4)
                .setANumber("+4930123")
                .setBNumber("bob")
                .setFromUser("+4930123")
                .setFromHost("a.example")
                .setToUser("bob")
                .setToHost("b.example")
                .setFinalCode(487)
                .setFinalReason("Request Terminated")
                .setRingMs(0)
                .setDurationMs(0)
                .setMessages(7)
                .addHosts("192.0.2.1:5060")
                .addHosts("[2001:db8::1]:5060")
                .addHosts("192.0.2.1:5080")
                .addHosts("sbc:5060")
                .addUserAgents("Phone 1")
                .addUserAgents("Proxy 2")
                .addCaptureNodes("sbc-1")
                .addCaptureNodes("sbc-2")
                .setEndReason("Q.850;cause=16")
                .setEndedBy("caller");
    }

    static StageCount.Builder count() {
        return StageCount.newBuilder()
                .setStage("ingest-gateway")
                .setInstance("gw-1")
                .setCaptureNode("sbc-1")
                .setMinuteS(AT / 60_000_000 * 60)
                .setOutcome("rejected")
                .setReason("not-hep")
                .setCount(12);
    }
}
