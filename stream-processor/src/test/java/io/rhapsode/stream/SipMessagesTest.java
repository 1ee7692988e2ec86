/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Sdp;
import io.rhapsode.schema.SipMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written to the topic, as anyone reads it from there. */
class SipMessagesTest {

    private static final String HEADERS = """
            Via: SIP/2.0/UDP a.example;branch=z9hG4bKa;received=192.0.2.7;rport=5070
            From: "A" <sip:+491@a.example>;tag=1
            To: <sip:b@b.example>
            Call-ID: c@a
            CSeq: 4294967295 INVITE
            Contact: <sip:a@192.0.2.1:5062>, *
            """;

    private static SipMessage message(String text) {
        return message(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private static SipMessage message(byte[] payload) {
        return Captures.message(RawPacket.newBuilder()
                .setPayload(ByteString.copyFrom(payload))
                .setReceivedAtUs(5)
                .build());
    }

    private static SipMessage invite(String headers) {
        return message("INVITE sip:b@b.example SIP/2.0\n" + HEADERS + headers + "\n\n");
    }

    @Test
    void fieldsOfEveryMessage() {
        SipMessage message = invite("User-Agent: phone\nServer: gate\nContent-Length: 0\nExpires: 4294967295");
        assertThat(message.getMethod()).isEqualTo("INVITE");
        assertThat(message.getRequestUri().getHost()).isEqualTo("b.example");
        assertThat(message.getCseqNumber()).isEqualTo(-1);
        assertThat(message.getFrom().getDisplayName()).isEqualTo("A");
        assertThat(message.getFrom().getUri().getUser()).isEqualTo("+491");
        assertThat(message.getFrom().getTag()).isEqualTo("1");
        assertThat(message.getContactList())
                .extracting(Party::getOriginal)
                .containsExactly("<sip:a@192.0.2.1:5062>", "*");
        assertThat(message.getContact(0).getUri().getPort()).isEqualTo(5062);
        assertThat(message.getContact(1).hasUri()).isFalse();
        assertThat(message.getVia(0).getReceived()).isEqualTo("192.0.2.7");
        assertThat(message.getVia(0).getRport()).isEqualTo(5070);
        assertThat(message.getUserAgent()).isEqualTo("phone");
        assertThat(message.getServer()).isEqualTo("gate");
        assertThat(message.hasContentLength()).isTrue();
        assertThat(message.hasMaxForwards()).isFalse();
        assertThat(message.getExpires()).isEqualTo(-1);
        assertThat(message.getPacket().getReceivedAtUs()).isEqualTo(5);
        assertThat(message.getDefectsList()).isEmpty();
    }

    @Test
    void fieldsOfExtensions() {
        SipMessage message = invite("""
                P-Preferred-Identity: <sip:p@a>
                Remote-Party-ID: <sip:r@a>;privacy=full
                Diversion: <sip:d@a>;reason=no-answer;counter=3
                History-Info: <sip:h@a;cause=302?Reason=SIP%3Bcause%3D302>;index=1.1
                Reason: Q.850;cause=17, SIP;cause=486;text="Busy"
                Route: <sip:p1;lr>
                Record-Route: <sip:p2;lr>
                Proxy-Authorization: Digest username="u", realm="r"
                Session-ID: aa;remote=bb
                P-Charging-Vector: icid-value=i;orig-ioi=o
                Warning: 399 w "late"
                Retry-After: 5
                RAck: 7 1 INVITE
                RSeq: 8
                Session-Expires: 1800;refresher=uas
                Min-SE: 90
                Event: dialog;id=3
                Subscription-State: active;expires=60
                Refer-To: <sip:t@a>
                Referred-By: <sip:f@a>
                Replaces: x@y;to-tag=1;from-tag=2
                Join: z@y
                Identity: ..c2ln;info=<https://c>;ppt=shaken
                P-Access-Network-Info: IEEE-802.11;x=y
                P-Visited-Network-ID: "v n"
                Geolocation: <cid:g>
                X-Cid: one
                X-Other: no
                x-cid: two""");
        assertThat(message.getDefectsList()).isEmpty();
        assertThat(message.getPreferredIdentity(0).getUri().getUser()).isEqualTo("p");
        assertThat(message.getRemoteParty(0).getOriginal()).endsWith(";privacy=full");
        assertThat(message.getDiversions(0).getReason()).isEqualTo("no-answer");
        assertThat(message.getDiversions(0).getCounter()).isEqualTo(3);
        assertThat(message.getDiversion(0)).isEqualTo("<sip:d@a>;reason=no-answer;counter=3");
        assertThat(message.getHistory(0).getCause()).isEqualTo(302);
        assertThat(message.getHistory(0).getIndex()).isEqualTo("1.1");
        assertThat(message.getHistory(0).getReason()).isEqualTo("SIP%3Bcause%3D302");
        assertThat(message.getReasons(0).getMeaning()).isEqualTo("User busy");
        assertThat(message.getReasons(1).getText()).isEqualTo("Busy");
        assertThat(message.getReasons(1).getMeaning()).isEmpty();
        assertThat(message.getRoute(0).getUri().getHost()).isEqualTo("p1");
        assertThat(message.getRecordRoute(0).getUri().getHost()).isEqualTo("p2");
        assertThat(message.getAuthUser() + "@" + message.getAuthRealm()).isEqualTo("u@r");
        assertThat(message.getSessionId() + message.getSessionIdRemote()).isEqualTo("aabb");
        assertThat(message.getChargingVector().getIcid()).isEqualTo("i");
        assertThat(message.getWarning(0).getCode()).isEqualTo(399);
        assertThat(message.getRetryAfter()).isEqualTo(5);
        assertThat(message.getRack().getCseqMethod()).isEqualTo("INVITE");
        assertThat(message.getRseq()).isEqualTo(8);
        assertThat(message.getSessionExpires()).isEqualTo(1_800);
        assertThat(message.getSessionRefresher()).isEqualTo("uas");
        assertThat(message.getMinSe()).isEqualTo(90);
        assertThat(message.getEvent() + message.getEventId()).isEqualTo("dialog3");
        assertThat(message.getSubscriptionState()).isEqualTo("active");
        assertThat(message.getSubscriptionExpires()).isEqualTo(60);
        assertThat(message.getReferTo().getUri().getUser()).isEqualTo("t");
        assertThat(message.getReferredBy().getUri().getUser()).isEqualTo("f");
        assertThat(message.getReplaces().getFromTag()).isEqualTo("2");
        assertThat(message.getJoin().getCallId()).isEqualTo("z@y");
        assertThat(message.getPassport(0).getType()).isEqualTo("shaken");
        assertThat(message.getPassport(0).hasIssuedAt()).isFalse();
        assertThat(message.getAccessType(0)).isEqualTo("IEEE-802.11");
        assertThat(message.getVisitedNetwork(0)).isEqualTo("v n");
        assertThat(message.getGeolocation(0)).isEqualTo("cid:g");
        assertThat(message.getHeaderList())
                .extracting(one -> one.getName() + "=" + one.getValue())
                .containsExactly("X-CID=one", "X-CID=two");
    }

    @Test
    void theSessionDescription() {
        SipMessage message = invite("""
                Content-Type: application/sdp

                v=0
                o=- 1 1 IN IP4 192.0.2.1
                s=-
                c=IN IP4 192.0.2.1
                b=AS:64
                a=group:BUNDLE 0
                m=audio 4000 RTP/SAVP 8 96
                a=mid:0
                a=sendonly
                a=rtpmap:96 opus/48000/2
                a=fmtp:96 useinbandfec=1
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRETSECRETSECRET
                a=candidate:1 1 UDP 1 192.0.2.9 5000 typ host
                m=image 5000 udptl t38
                m=message 6000 TCP/MSRP *
                a=path:msrp://192.0.2.1:6000/s;tcp""");
        Sdp sdp = message.getSdp();
        assertThat(sdp.getRole()).isEqualTo(Sdp.Role.OFFER);
        assertThat(sdp.getBandwidth(0).getValue()).isEqualTo(64);
        assertThat(sdp.getGroup(0).getSemantics()).isEqualTo("BUNDLE");
        Sdp.Media audio = sdp.getMedia(0);
        assertThat(audio.getHold()).isTrue();
        assertThat(audio.getKeying()).isEqualTo("sdes");
        assertThat(audio.getCryptoSuiteList()).containsExactly("AES_CM_128_HMAC_SHA1_80");
        assertThat(audio.getCodec(0).getName()).isEqualTo("PCMA");
        assertThat(audio.getCodec(1).getParameters()).isEqualTo("useinbandfec=1");
        assertThat(audio.getCodec(1).getChannels()).isEqualTo(2);
        assertThat(audio.getCandidate(0).getAddress()).isEqualTo("192.0.2.9");
        assertThat(sdp.getMedia(1).getT38()).isTrue();
        assertThat(sdp.getMedia(2).getMsrp()).isTrue();
        assertThat(sdp.getMedia(2).getPath()).isEqualTo("msrp://192.0.2.1:6000/s;tcp");
        assertThat(sdp.toString()).doesNotContain("SECRET");
        assertThat(message.getMediaList()).containsExactly("192.0.2.1:4000");
    }

    @Test
    void partsStandInThePayload() {
        SipMessage message = invite("""
                Content-Type: multipart/mixed;boundary=b

                --b
                Content-Type: application/isup

                isup
                --b
                Content-Type: application/sdp

                m=audio 1 RTP/AVP 0
                --b--""");
        var isup = message.getPart(0);
        assertThat(isup.getContentType()).isEqualTo("application/isup");
        assertThat(message.getPacket()
                        .getPayload()
                        .substring(isup.getOffset(), isup.getOffset() + isup.getLength())
                        .toStringUtf8())
                .isEqualTo("isup");
        assertThat(message.getSdp().getMedia(0).getCodec(0).getName()).isEqualTo("PCMU");
    }

    @Test
    void whatIsNotUtf8IsUntouchedInThePayloadAndMarkedInTheTexts() {
        byte[] payload = "SIP/2.0 486 Be\u00e9setzt\r\nCall-ID: \u00fc\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        SipMessage message = message(payload);
        assertThat(message.getReasonPhrase()).isEqualTo("Be\ufffdsetzt");
        assertThat(message.getCallId()).isEqualTo("\ufffd");
        assertThat(message.getPacket().getPayload().toByteArray()).isEqualTo(payload);
    }

    @Test
    void defectsStandWithTheirPlaces() {
        SipMessage message = invite("Max-Forwards: 256\nExpires: soon");
        String text = message.getPacket().getPayload().toStringUtf8();
        assertThat(message.getDefectsList()).containsExactly("bad-max-forwards", "bad-expires");
        assertThat(message.getDefectOffsetsList()).containsExactly(text.indexOf("256"), text.indexOf("soon"));
    }

    @ParameterizedTest
    @CsvSource({
        "INVITE sip:b SIP/2.0, INVITE, OFFER",
        "UPDATE sip:b SIP/2.0, UPDATE, OFFER",
        "ACK sip:b SIP/2.0, ACK, ANSWER",
        "SIP/2.0 200 OK, UPDATE, ANSWER",
        "SIP/2.0 200 OK, PRACK, ANSWER",
        "SIP/2.0 200 OK, INVITE, UNKNOWN",
        "SIP/2.0 488 No, UPDATE, UNKNOWN",
        "PRACK sip:b SIP/2.0, PRACK, UNKNOWN",
        "OPTIONS sip:b SIP/2.0, OPTIONS, UNKNOWN"
    })
    void offersAndAnswersAreToldApartWhereTheMessageTells(String start, String method, Sdp.Role role) {
        String headers = HEADERS.replace("INVITE", method);
        assertThat(message(start + "\n" + headers + "Content-Type: application/sdp\n\nv=0\n")
                        .getSdp()
                        .getRole())
                .isEqualTo(role);
    }

    private static Sdp.Role lastRole(String... messages) throws InvalidProtocolBufferException {
        var writer = new SipMessages(List.of());
        SipMessage last = null;
        for (String each : messages) {
            String[] parts = each.split("/", 2);
            String method = parts[0].substring(parts[0].lastIndexOf(' ') + 1);
            String start = parts[0].matches("\\d.*")
                    ? "SIP/2.0 " + parts[0].substring(0, 3) + " x"
                    : method + " sip:b SIP/2.0";
            byte[] payload = (start + "\nCall-ID: c\nCSeq: 7 " + method + "\nRAck: 1 7 INVITE\n"
                            + (parts[1].isEmpty() ? "\n" : "Content-Type: application/sdp\n\nv=0\n"))
                    .getBytes(StandardCharsets.UTF_8);
            var sip = io.rhapsode.wire.sip.SipMessage.of(payload, 0, payload.length);
            last = SipMessage.parseFrom(
                    writer.write(new byte[0], RawPacket.getDefaultInstance(), sip, payload, 1, 0, 0));
        }
        return last.getSdp().getRole();
    }

    @Test
    void aResponseAnswersOrOffersAsItsInviteHadAnOfferOrNot() throws InvalidProtocolBufferException {
        assertThat(lastRole("INVITE/sdp", "183 INVITE/sdp")).isEqualTo(Sdp.Role.ANSWER);
        assertThat(lastRole("INVITE/sdp", "200 INVITE/sdp")).isEqualTo(Sdp.Role.ANSWER);
        assertThat(lastRole("INVITE/", "200 INVITE/sdp")).isEqualTo(Sdp.Role.OFFER);
        assertThat(lastRole("INVITE/", "200 INVITE/sdp", "ACK/sdp")).isEqualTo(Sdp.Role.ANSWER);
        assertThat(lastRole("INVITE/", "183 INVITE/sdp", "PRACK/sdp")).isEqualTo(Sdp.Role.ANSWER);
        assertThat(lastRole("INVITE/sdp", "183 INVITE/sdp", "PRACK/sdp")).isEqualTo(Sdp.Role.OFFER);
        assertThat(lastRole("INVITE/sdp", "488 INVITE/sdp")).isEqualTo(Sdp.Role.UNKNOWN);
    }

    @Test
    void anyOctetsGiveAReadableMessage() {
        var random = new Random();
        long seed = random.nextLong();
        random.setSeed(seed);
        byte[] whole = invite("Content-Type: application/sdp\n\nv=0\nm=audio 1 RTP/AVP 0")
                .getPacket()
                .getPayload()
                .toByteArray();
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = Arrays.copyOf(whole, whole.length - random.nextInt(20));
            for (int changes = random.nextInt(5); changes >= 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            assertThat(message(changed).getPacket().getPayload().size())
                    .as("seed " + seed)
                    .isEqualTo(changed.length);
        }
    }
}
