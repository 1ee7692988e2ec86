/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.msrp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MsrpMessageTest {

    static final String SEND = "MSRP a786hjs2 SEND\r\nTo-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n"
            + "From-Path: msrp://alice.example.com:7654/iau39soe2843z;tcp\r\nMessage-ID: 87652491\r\n"
            + "Byte-Range: 1-25/25\r\nContent-Type: text/plain\r\n\r\nHey Bob, are you there?\r\n\r\n-------a786hjs2$\r\n";

    private record Read(MsrpMessage message, String text) {}

    private static Read read(String text) throws MalformedPacket {
        byte[] bytes = text.getBytes(UTF_8);
        var message = MsrpMessage.of(bytes, 0, bytes.length);
        return new Read(message, message.text(bytes));
    }

    /** The SEND of RFC 4975 section 4. */
    @Test
    void sendWithText() throws MalformedPacket {
        var read = read(SEND);
        var message = read.message();
        assertThat(message.transactionId()).isEqualTo("a786hjs2");
        assertThat(message.method()).isEqualTo("SEND");
        assertThat(message.status()).isZero();
        assertThat(message.toPath()).isEqualTo("msrp://bob.example.com:8888/9di4eae923wzd;tcp");
        assertThat(message.fromPath()).isEqualTo("msrp://alice.example.com:7654/iau39soe2843z;tcp");
        assertThat(message.messageId()).isEqualTo("87652491");
        assertThat(message.byteRange()).isEqualTo("1-25/25");
        assertThat(message.contentType()).isEqualTo("text/plain");
        assertThat(message.continuation()).isEqualTo('$');
        assertThat(read.text()).isEqualTo("Hey Bob, are you there?\r\n");
    }

    @Test
    void responseWithoutBody() throws MalformedPacket {
        var message = read("MSRP a786hjs2 200 OK all right\r\nTo-Path: msrp://a;tcp\r\nFrom-Path: msrp://b;tcp\r\n"
                        + "-------a786hjs2$\r\n")
                .message();
        assertThat(message.status()).isEqualTo(200);
        assertThat(message.comment()).isEqualTo("OK all right");
        assertThat(message.method()).isEmpty();
        assertThat(message.toPath()).isEqualTo("msrp://a;tcp");
        assertThat(message.bodyLength()).isZero();
        assertThat(message.continuation()).isEqualTo('$');
    }

    @Test
    void chunkThatGoesOnAndOneThatWasCut() throws MalformedPacket {
        var chunk =
                read("MSRP dkei38sd SEND\r\nMessage-ID: 4\r\nByte-Range: 1-*/8\r\nContent-Type: text/plain\r\n\r\nabcd"
                        + "\r\n-------dkei38sd+\r\n");
        assertThat(chunk.text()).isEqualTo("abcd");
        assertThat(chunk.message().continuation()).isEqualTo('+');
        var cut = read(SEND.substring(0, SEND.indexOf("there")));
        assertThat(cut.text()).isEqualTo("Hey Bob, are you ");
        assertThat(cut.message().continuation()).isEqualTo((char) 0);
    }

    @Test
    void endLineOfAnotherTransactionIsText() throws MalformedPacket {
        var read = read("MSRP abcd SEND\r\nContent-Type: text/plain\r\n\r\nx\r\n-------abce$\r\ny\r\n-------abcd#\r\n");
        assertThat(read.text()).isEqualTo("x\r\n-------abce$\r\ny");
        assertThat(read.message().continuation()).isEqualTo('#');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MSRP",
                "MSRP ",
                "MSRP  SEND\r\n",
                "MSRP abcd",
                "MSRP abcd \r\n",
                "msrp abcd SEND\r\n",
                "GET /"
            })
    void whatIsNoMsrp(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedPacket.class).hasMessage("not-msrp");
    }

    @Test
    void everyBeginningKeepsWhatCameBeforeTheCut() throws MalformedPacket {
        byte[] bytes = SEND.getBytes(UTF_8);
        for (int length = "MSRP a786hjs2 S".length(); length <= bytes.length; length++) {
            var message = MsrpMessage.of(bytes, 0, length);
            assertThat(message.transactionId()).isEqualTo("a786hjs2");
            assertThat(message.bodyOffset() + message.bodyLength()).isLessThanOrEqualTo(length);
        }
    }

    @Test
    void everySegmentOfACapture() throws IOException, MalformedPacket {
        List<String> seen = new ArrayList<>();
        try (var capture = CaptureFile.open(Path.of("src/test/resources/captures/constructed_msrp_b.pcap"))) {
            for (var record : capture) {
                var datagram = new IpDecoder()
                        .decode(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos() / 1000)
                        .orElseThrow();
                byte[] bytes = datagram.bytes();
                int header = datagram.protocol() == 6 ? (bytes[datagram.payloadOffset() + 12] & 0xf0) >> 2 : 0;
                int offset = datagram.payloadOffset() + header;
                int length = datagram.payloadLength() - header;
                while (MsrpMessage.looksLikeMsrp(bytes, offset, length)) {
                    var message = MsrpMessage.of(bytes, offset, length);
                    seen.add(message.method() + message.status() + " " + message.messageId() + " "
                            + message.bodyLength() + message.continuation());
                    length -= message.end() - offset;
                    offset = message.end();
                }
            }
        }
        // The segment of the long message that begins it has no end yet.
        assertThat(seen)
                .containsExactly(
                        "SEND0 87652491 25$",
                        "200  0$",
                        "REPORT0 87652491 0$",
                        "SEND0 4564dpWd 4+",
                        "SEND0 4564dpWd 4$",
                        "200  0$",
                        "200  0$",
                        "SEND0 m-3 1213\0",
                        "200  0$");
    }
}
