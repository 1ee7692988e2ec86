/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.Text;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SdpTest {
    private static final String OFFER = """
            v=0
            o=alice 2890844526 2890844527 IN IP4 host.example
            s=A call
            c=IN IP4 192.0.2.1/127
            t=0 0
            a=sendonly
            m=audio 49170/2 RTP/AVP 8 0 111 101 77
            a=rtpmap:111 opus/48000/2
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=fmtp:111 useinbandfec=1; minptime=10
            a=rtcp:53020
            a=candidate:1 1 UDP 2130706431 192.0.2.1 8998 typ host
            a=candidate:2 1 UDP 1694498815 198.51.100.3 45664 typ srflx raddr 192.0.2.1 rport 8998
            m=video 51372 RTP/SAVPF 31
            c=IN IP6 2001:db8::2
            a=recvonly
            m=image 0 udptl t38
            """;

    @Test
    void readsSessionAndMedia() {
        Sdp sdp = sdp(OFFER);
        assertThat(sdp.origin()).hasToString("alice 2890844526 2890844527 IN IP4 host.example");
        assertThat(sdp.sessionName()).hasToString("A call");
        assertThat(sdp.address()).hasToString("192.0.2.1");
        assertThat(sdp.media()).extracting(one -> one.type().toString()).containsExactly("audio", "video", "image");
        assertThat(sdp.media()).extracting(Media::port).containsExactly(49170, 51372, 0);
        assertThat(sdp.media())
                .extracting(one -> one.protocol().toString())
                .containsExactly("RTP/AVP", "RTP/SAVPF", "udptl");
        assertThat(sdp.media())
                .extracting(one -> one.address().toString())
                .containsExactly("192.0.2.1", "2001:db8::2", "192.0.2.1");
        assertThat(sdp.media())
                .extracting(one -> one.direction().toString())
                .containsExactly("sendonly", "recvonly", "sendonly");
        assertThat(sdp.media()).extracting(one -> one.candidates().size()).containsExactly(2, 0, 0);
        assertThat(sdp.media()).extracting(Media::rtcpPort).containsExactly(53020, 0, 0);
    }

    @Test
    void rtcpHasItsPlaceAndMayShareThatOfRtp() {
        Sdp sdp = sdp("c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\na=rtcp-mux\na=rtcp:4007 IN IP6 2001:db8::7\n"
                + "m=audio 4002 RTP/AVP 0\na=rtcp:4009\na=rtcp-muxed\nm=message 9 TCP/MSRP *\n");
        assertThat(sdp.media()).extracting(Media::rtcpPort).containsExactly(4007, 4009, 0);
        assertThat(sdp.media()).extracting(one -> one.rtcpAddress().toString()).containsExactly("2001:db8::7", "", "");
        assertThat(sdp.media()).extracting(Media::rtcpMux).containsExactly(true, false, false);
        assertThat(sdp.media()).extracting(Media::isRtp).containsExactly(true, true, false);
    }

    @Test
    void namesCodecsByRtpmapAndByStaticAssignment() {
        assertThat(sdp(OFFER).media().get(0).codecs())
                .containsExactly(
                        codec("8", "PCMA", 8000, 1, ""),
                        codec("0", "PCMU", 8000, 1, ""),
                        codec("111", "opus", 48000, 2, "useinbandfec=1; minptime=10"),
                        codec("101", "telephone-event", 8000, 1, "0-15"),
                        codec("77", "", 0, 1, ""));
        assertThat(sdp(OFFER).media().get(2).codecs()).containsExactly(codec("t38", "", 0, 1, ""));
    }

    @Test
    void givesTheAddressesOfAudioAndVideoThatHaveAPort() {
        assertThat(sdp(OFFER).mediaAddresses()).containsExactly("192.0.2.1:49170", "[2001:db8::2]:51372");
    }

    @Test
    void readsAllLineEndsAlike() {
        assertThat(sdp(OFFER.replace("\n", "\r\n"))).isEqualTo(sdp(OFFER));
        assertThat(sdp(OFFER.replace("\n", "\r"))).isEqualTo(sdp(OFFER));
    }

    @Test
    void anRtpmapOverridesAStaticAssignment() {
        Sdp sdp = sdp("m=video 3227 RTP/AVP 31\na=rtpmap:31 LPC\n");
        assertThat(sdp.media().get(0).codecs()).containsExactly(codec("31", "LPC", 0, 1, ""));
    }

    @Test
    void brokenLinesAreReadAsFarAsTheyGo() {
        Sdp sdp = sdp("c=IN\nm=\nm=audio\nm=audio 70000 RTP/AVP 0\nm=audio x\na=rtpmap:\na=fmtp:0\na=rtcp:\nxyz\n=\n");
        assertThat(sdp.address().isEmpty()).isTrue();
        assertThat(sdp.media()).extracting(Media::port).containsExactly(0, 0, 0, 0);
        assertThat(sdp.mediaAddresses()).isEmpty();
    }

    @Test
    void nothingHasNothing() {
        assertThat(sdp(""))
                .isEqualTo(new Sdp(Text.EMPTY, Text.EMPTY, Text.EMPTY, List.of(), List.of(), false, List.of()));
    }

    @Test
    void readsNoMoreMediaAndFormatsThanTheBounds() {
        assertThat(sdp("m=audio 1 RTP/AVP 0\n".repeat(100)).media()).hasSize(Sdp.MAX_MEDIA);
        assertThat(sdp("m=audio 1 RTP/AVP" + " 0".repeat(1_000)).media().get(0).codecs())
                .hasSize(Sdp.MAX_FORMATS);
    }

    @Test
    void cutAnywhereItIsRead() {
        for (int length = 0; length <= OFFER.length(); length++) {
            assertThat(sdp(OFFER.substring(0, length)).media()).hasSizeLessThanOrEqualTo(3);
        }
    }

    private static Codec codec(String format, String name, int clockRate, int channels, String parameters) {
        return new Codec(Text.of(format), Text.of(name), clockRate, channels, Text.of(parameters));
    }

    private static Sdp sdp(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Sdp.of(bytes, 0, bytes.length);
    }
}
