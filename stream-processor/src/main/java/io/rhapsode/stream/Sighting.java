/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CaptureTime;
import io.rhapsode.schema.RawPacket;

/**
 * A packet, where it stands and when it was received.
 *
 * @param payload the packet's, as an array
 * @param partition and {@code offset}: its place in the raw topic
 * @param receivedMicros when the gateway received it, microseconds since 1970-01-01 UTC
 */
record Sighting(RawPacket packet, byte[] payload, int partition, long offset, long receivedMicros) {

    /** The time it is filed under, likewise. */
    long atMicros() {
        return CaptureTime.of(packet.getCapturedAtUs(), receivedMicros);
    }
}
