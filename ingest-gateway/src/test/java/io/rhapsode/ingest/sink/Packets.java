/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import java.util.List;

/** HEP packets to test with. */
public final class Packets {

    /** 2026-11-24T08:30:00.123456Z. */
    public static final long AT = 1_795_509_000_123_456L;

    private static final byte[] ALICE = {10, 0, 0, 1};
    private static final byte[] BOB = {10, 0, 0, 2};

    private Packets() {}

    public static String invite(String callId) {
        return "INVITE sip:bob@example.org SIP/2.0\r\nCall-ID: " + callId + "\r\nCSeq: 1 INVITE\r\n\r\n";
    }

    public static byte[] hep(String payload) {
        return hep(payload, "edge-1", 7, null, AT);
    }

    public static byte[] hep(String payload, String node, long agentId, String correlationId, long capturedAtMicros) {
        return HepEncoder.encode(
                packet(1, payload.getBytes(UTF_8), node, agentId, correlationId, capturedAtMicros, 42));
    }

    /** @param key that the agent presents, null for none */
    public static HepPacket keyed(String key) {
        byte[] payload = invite("keyed").getBytes(UTF_8);
        byte[] presented = key == null ? null : key.getBytes(UTF_8);
        return new HepPacket(
                3,
                17,
                ALICE,
                BOB,
                5060,
                5080,
                AT,
                1,
                7,
                "edge-1",
                null,
                -1,
                presented,
                payload,
                0,
                payload.length,
                List.of());
    }

    public static HepPacket packet(
            int type, byte[] payload, String node, long agentId, String correlationId, long at, int vlan) {
        return new HepPacket(
                3,
                17,
                ALICE,
                BOB,
                5060,
                5080,
                at,
                type,
                agentId,
                node,
                correlationId,
                vlan,
                null,
                payload,
                0,
                payload.length,
                List.of());
    }
}
