/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.HepChunk;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.hep.Chunk;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.hep.HepView;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The hand-written bytes are those of the generated class. */
class RawRecordTest {

    private static final long RECEIVED = Packets.AT + 5_000;

    @Test
    void everyFieldIsWrittenAsTheGeneratedClassWritesIt() {
        var packet = Packets.packet(100, "log line".getBytes(UTF_8), "n", 4_294_967_295L, "call-ä-1", Packets.AT, 42);

        var expected = RawPacket.newBuilder()
                .setPayload(ByteString.copyFromUtf8("log line"))
                .setProtocolType(100)
                .setCapturedAtUs(Packets.AT)
                .setReceivedAtUs(RECEIVED)
                .setSourceAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                .setDestinationAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 2}))
                .setSourcePort(5060)
                .setDestinationPort(5080)
                .setIpProtocol(17)
                .setAgentId((int) 4_294_967_295L)
                .setCaptureNode("Zürich 🏔")
                .setCorrelationId("call-ä-1")
                .setVlan(42)
                .setSource("hep3")
                .setSender("[::1]:9999")
                .build();
        assertThat(RawRecord.encode(packet, RECEIVED, new Origin("Zürich 🏔", "", "[::1]:9999")))
                .isEqualTo(expected.toByteArray());
    }

    @Test
    void chunksWithAMeaningAreFieldsAndAllOthersTravelAsTheyCame() throws Exception {
        byte[] mac = {0, 1, 2, 3, 4, 5};
        byte[] notText = {'x', (byte) 0xff};
        var packet = withChunks(
                chunk(0x20, 1, 0xa5),
                new Chunk(2, 0x20, new byte[] {1}),
                new Chunk(0, 0x14, mac),
                chunk(0x15, 9),
                chunk(0x16, 0x86, 0xdd),
                chunk(0x17, 0x12),
                chunk(0x18, 0),
                chunk(0x21, 0, 93),
                new Chunk(0, 0x22, "Düsseldorf".getBytes(UTF_8)),
                chunk(0x23, 0, 0, 0, 7),
                new Chunk(0, 0x24, "call".getBytes(UTF_8)),
                new Chunk(0, 0x25, "a,b".getBytes(UTF_8)),
                new Chunk(0, 0x26, notText),
                chunk(0x27, 0, 3),
                chunk(0x28, 0, 2),
                new Chunk(0, 0x29, "g".getBytes(UTF_8)),
                chunk(0x0d, 0, 60),
                chunk(0x20, 1, 0x90),
                new Chunk(0, 0x65, "{}".getBytes(UTF_8)),
                new Chunk(9, 3, new byte[300]));

        var record = RawPacket.parseFrom(RawRecord.encode(packet, RECEIVED, new Origin("n", "", "")));

        var expected = RawPacket.newBuilder()
                .setPayload(record.getPayload())
                .setProtocolType(1)
                .setReceivedAtUs(RECEIVED)
                .setCaptureNode("n")
                .setSource("hep3")
                .setSourceMac(ByteString.copyFrom(mac))
                .setEtherType(0x86dd)
                .setTcpFlags(0x12)
                .setTos(0)
                .setMosX100(400)
                .setRFactor(93)
                .setGeoLocation("Düsseldorf")
                .setJitter(7)
                .setTransactionType("call")
                .setPayloadKeys("a,b")
                .setTagType(3)
                .setEventType(2)
                .setGroupId("g")
                .setKeepAliveS(60)
                .addOtherChunks(other(0, 0x20, new byte[] {1, (byte) 0xa5}))
                .addOtherChunks(other(2, 0x20, new byte[] {1}))
                .addOtherChunks(other(0, 0x15, new byte[] {9}))
                .addOtherChunks(other(0, 0x26, notText))
                .addOtherChunks(other(0, 0x65, "{}".getBytes(UTF_8)))
                .addOtherChunks(other(9, 3, new byte[300]))
                .build();
        assertThat(record).isEqualTo(expected);
        assertThat(RawRecord.encode(packet, RECEIVED, new Origin("n", "", ""))).isEqualTo(expected.toByteArray());
    }

    private static Chunk chunk(int type, int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return new Chunk(0, type, bytes);
    }

    private static HepChunk other(int vendor, int type, byte[] value) {
        return HepChunk.newBuilder()
                .setVendor(vendor)
                .setType(type)
                .setValue(ByteString.copyFrom(value))
                .build();
    }

    private static HepPacket withChunks(Chunk... chunks) {
        return new HepPacket(
                3, -1, null, null, -1, -1, -1, -1, -1, null, null, -1, null, new byte[] {7}, 0, 1, List.of(chunks));
    }

    @Test
    void whatIsNotUtf8InACorrelationIdIsReplacedSinceProtobufTakesNothingElse() throws Exception {
        byte[] hep = HepEncoder.encode(Packets.packet(5, new byte[] {7}, "n", 1, "a?b", Packets.AT, 1));
        String text = new String(hep, ISO_8859_1);
        hep[text.indexOf("a?b") + 1] = (byte) 0xff;
        var view = new HepView();
        view.read(hep, 0, hep.length);

        byte[] record = RawRecord.ofThread().encode(view, RECEIVED, new Origin("n", "dus", ""));

        assertThat(RawPacket.parseFrom(record).getCorrelationId()).isEqualTo("a\ufffdb");
        assertThat(RawPacket.parseFrom(record).getSite()).isEqualTo("dus");
        assertThat(RawRecord.key(view)).isEqualTo("a\ufffdb".getBytes(UTF_8));
    }

    @Test
    void whatIsAbsentTakesNoBytesAndAnAbsentTypeIsSip() {
        var bare = new HepPacket(
                1, -1, null, null, -1, -1, -1, -1, -1, null, null, -1, null, new byte[] {9, 8, 7}, 1, 2, List.of());

        var expected = RawPacket.newBuilder()
                .setPayload(ByteString.copyFrom(new byte[] {8, 7}))
                .setProtocolType(1)
                .setReceivedAtUs(RECEIVED)
                .setCaptureNode("10.1.1.1")
                .setSource("hep1")
                .setSender("10.1.1.1:5")
                .build();
        assertThat(RawRecord.encode(bare, RECEIVED, new Origin("10.1.1.1", "", "10.1.1.1:5")))
                .isEqualTo(expected.toByteArray());
    }
}
