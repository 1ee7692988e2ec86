/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.Link;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaQuality;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Sdp;
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
                        .setReceived("198.51.100.1")
                        .setRport(5070))
                .setRepeat(SipMessage.Repeat.FURTHER_SIGHTING)
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
                .addDefectOffsets(212)
                .addMedia("192.0.2.1:40000")
                .setServer("Server 2")
                .setAuthRealm("a.example")
                .addPreferredIdentity(party("Pref", "+491", ""))
                .addRemoteParty(party("Remote", "+492", ""))
                .setReferTo(party("Refer", "+493", ""))
                .setReferredBy(party("By", "+494", ""))
                .addDiversions(SipMessage.Diversion.newBuilder()
                        .setParty(party("Carol", "carol", ""))
                        .setReason("no-answer")
                        .setCounter(1))
                .addHistory(SipMessage.HistoryEntry.newBuilder()
                        .setParty(party("", "carol", ""))
                        .setIndex("1.1")
                        .setCause(302)
                        .setReason("SIP%3Bcause%3D302"))
                .addReasons(SipMessage.Reason.newBuilder()
                        .setProtocol("Q.850")
                        .setCause(17)
                        .setText("busy")
                        .setMeaning("User busy"))
                .addReasons(SipMessage.Reason.newBuilder().setProtocol("SIP").setCause(486))
                .addRoute(party("", "", ""))
                .addRecordRoute(party("", "", ""))
                .setSessionId("ab30317f1a784dc48ff824d0d3715d86")
                .setSessionIdRemote("47755a9de7794ba387653f2099600ef2")
                .setChargingVector(SipMessage.ChargingVector.newBuilder()
                        .setIcid("icid-1")
                        .setIcidGeneratedAt("192.0.2.1")
                        .setOrigIoi("home1.example")
                        .setTermIoi("home2.example"))
                .addWarning(SipMessage.Warning.newBuilder()
                        .setCode(399)
                        .setAgent("b.example")
                        .setText("Too late"))
                .setRetryAfter(-1)
                .setRack(SipMessage.RAck.newBuilder()
                        .setRseq(776656)
                        .setCseqNumber(1)
                        .setCseqMethod("INVITE"))
                .setRseq(988789)
                .setSessionExpires(1800)
                .setSessionRefresher("uac")
                .setMinSe(90)
                .setEvent("dialog")
                .setEventId("7")
                .setSubscriptionState("terminated")
                .setSubscriptionReason("noresource")
                .setSubscriptionExpires(60)
                .setReplaces(SipMessage.Dialog.newBuilder().setCallId("old@a.example"))
                .setJoin(SipMessage.Dialog.newBuilder().setCallId("other@a.example"))
                .addPassport(SipMessage.Passport.newBuilder()
                        .setAttestation("A")
                        .setOrigin("12025551000")
                        .addDestination("12025551001")
                        .setIssuedAt(1_443_208_345)
                        .setOriginId("123e4567-e89b-12d3-a456-426655440000")
                        .setType("shaken")
                        .setCertificate("https://cert.example/p.cer"))
                .addAccessType("3GPP-E-UTRAN-FDD")
                .addAccessNetwork("3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=2620100010019B01")
                .addVisitedNetwork("Visited network 1")
                .addGeolocation("cid:alice@a.example")
                .addHeader(SipMessage.Header.newBuilder().setName("X-CID").setValue("abc"))
                .addPart(SipMessage.BodyPart.newBuilder()
                        .setContentType("application/isup")
                        .setOffset(9)
                        .setLength(8))
                .setSdp(sdp());
    }

    private static Sdp.Builder sdp() {
        return Sdp.newBuilder()
                .setOrigin("- 1 1 IN IP4 192.0.2.1")
                .setSessionName("call")
                .setAddress("192.0.2.1")
                .addBandwidth(Sdp.Bandwidth.newBuilder().setType("AS").setValue(64))
                .addGroup(Sdp.MediaGroup.newBuilder().setSemantics("BUNDLE").addMid("0"))
                .setRole(Sdp.Role.OFFER)
                .addMedia(Sdp.Media.newBuilder()
                        .setType("audio")
                        .setPort(40000)
                        .setProtocol("RTP/SAVP")
                        .setAddress("192.0.2.1")
                        .setDirection("sendonly")
                        .addCodec(Sdp.Codec.newBuilder().setFormat("8").setName("PCMA"))
                        .addCandidate(Sdp.IceCandidate.newBuilder().setAddress("192.0.2.7"))
                        .setFingerprint("sha-256 AB:CD")
                        .setLabel("1")
                        .setKeying("sdes")
                        .addCryptoSuite("AES_CM_128_HMAC_SHA1_80")
                        .setHold(true)
                        .setT38(true)
                        .setMsrp(true));
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
                .setEndedBy("caller")
                .setEndClass("cancelled")
                .setWhy("the caller gave up after 12.0 s of ringing")
                .setEndQ850(16)
                .setEndQ850Text("Normal call clearing")
                .setEndSipCause(487)
                .setSrdSuccessfulMs(0)
                .setSrdFailedMs(0)
                .setSddMs(0)
                .setRrdMs(0)
                .setRetransmissions(0)
                .setFurtherSightings(6)
                .setDuplicates(1)
                .setANumberAfter("+4930124")
                .setBNumberAfter("bobby")
                .addSites("east")
                .addSites("west")
                .addCodecsOffered("PCMU")
                .addCodecsOffered("opus")
                .addCodecsAnswered("PCMU")
                .setDialogs(2)
                .setReinvites(1)
                .setHeld(true)
                .setTransferredTo("carol")
                .setReplaces("zero@a.example")
                .setExpiresS(-1)
                .setBindings(1)
                .setMedia(MediaQuality.newBuilder()
                        .setReports(3)
                        .setMosLowest(3.1)
                        .setMosMean(4)
                        .setMosComputed(true)
                        .setLossPercentHighest(2.5)
                        .setJitterMsHighest(33)
                        .setRoundTripMsHighest(0))
                .setSession("zero@a.example")
                .addLinks(link("zero@a.example", LinkRule.NUMBERS_AND_HOST, 0.7, true))
                .addLinks(link("two@a.example", LinkRule.NUMBERS, 0.4, false));
    }

    private static Link link(String callId, LinkRule rule, double confidence, boolean asserted) {
        return Link.newBuilder()
                .setCallId(callId)
                .setRule(rule)
                .setConfidence(confidence)
                .setAsserted(asserted)
                .build();
    }

    static MediaReport.Builder mediaReport() {
        return MediaReport.newBuilder()
                .setPacket(packet())
                .setRawPartition(3)
                .setRawOffset(78)
                .setAtUs(AT)
                .setCallId("one@a.example")
                .setSource("rtcp-json")
                .addContents("SR")
                .addContents("voip-metrics")
                .setCname("alice@a.example")
                .addStreams(MediaStream.newBuilder()
                        .setDirection("received")
                        .setFrom("192.0.2.2:4001")
                        .setTo("192.0.2.1:4001")
                        .setSsrc(-1)
                        .setCodec("PCMA")
                        .setPackets(0)
                        .setOctets(160)
                        .setPacketsLost(-2)
                        .setLossPercent(0)
                        .setDiscardPercent(0.391)
                        .setJitterMs(2.875)
                        .setJitterMaxMs(7)
                        .setRoundTripMs(40)
                        .setEndSystemDelayMs(10)
                        .setLatencyMs(20)
                        .setMos(4.2)
                        .setMosConversational(4.1)
                        .setRFactor(93)
                        .addComputed("mos")
                        .addAssumed("clock_rate"));
    }

    static LogEvent.Builder logEvent() {
        return LogEvent.newBuilder()
                .setPacket(packet())
                .setRawPartition(3)
                .setRawOffset(79)
                .setAtUs(AT)
                .setCallId("one@a.example")
                .setKind("log")
                .setText("ERROR: no route")
                .setLevel("error")
                .setFrom("msrp://a;tcp")
                .setTo("msrp://b;tcp")
                .setMessageId("1")
                .setMethod("SEND")
                .setContentType("text/plain");
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

    /** With every field set. */
    static Kpi.Builder kpi() {
        var kpi = Kpi.newBuilder();
        for (var field : Kpi.getDescriptor().getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.LONG) {
                kpi.setField(field, (long) field.getNumber());
            } else if (field.getJavaType() == FieldDescriptor.JavaType.DOUBLE) {
                kpi.setField(field, field.getNumber() + 28.5);
            }
        }
        return kpi.setDimension("site")
                .setValue("dus")
                .setMinuteS(AT / 60_000_000 * 60)
                .setPart(AT / 3_600_000_000L * 3_600)
                .setRevision(7)
                .putFinalCodes(200, 9)
                .putRegistrationCodes(200, 3)
                .putPddHistogram(20, 9);
    }
}
