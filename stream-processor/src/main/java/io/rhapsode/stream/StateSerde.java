/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Serde of what state stores hold. State that cannot be read, by whatever it came into the changelog, is as if it were
 * not there, and is counted: an exception would come back at every restart on whichever instance has the partition.
 */
record StateSerde<T extends MessageLite>(Parser<T> parser, StreamMetrics metrics) implements Serde<T> {

    @Override
    public Serializer<T> serializer() {
        return (topic, value) -> value == null ? null : value.toByteArray();
    }

    @Override
    public Deserializer<T> deserializer() {
        return (topic, bytes) -> {
            try {
                return bytes == null ? null : parser.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                metrics.unusableState();
                return null;
            }
        };
    }
}
