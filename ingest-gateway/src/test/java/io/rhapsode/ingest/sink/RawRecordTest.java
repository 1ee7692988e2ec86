/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.hep.HepPacket;
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
        assertThat(RawRecord.encode(packet, RECEIVED, "Zürich 🏔", "[::1]:9999"))
                .isEqualTo(expected.toByteArray());
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
        assertThat(RawRecord.encode(bare, RECEIVED, "10.1.1.1", "10.1.1.1:5")).isEqualTo(expected.toByteArray());
    }
}
