/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Kafka serde of one protobuf message: the value is the message's bytes and nothing else. */
public final class ProtoSerde<T extends MessageLite> implements Serde<T> {

    private final Parser<T> parser;

    private ProtoSerde(Parser<T> parser) {
        this.parser = parser;
    }

    /** For example {@code ProtoSerde.of(Call.parser())}. */
    public static <T extends MessageLite> ProtoSerde<T> of(Parser<T> parser) {
        return new ProtoSerde<>(parser);
    }

    @Override
    public Serializer<T> serializer() {
        return (topic, value) -> value == null ? null : value.toByteArray();
    }

    /** Throws {@link SerializationException} for bytes that are not such a message. */
    @Override
    public Deserializer<T> deserializer() {
        return (topic, bytes) -> {
            try {
                return bytes == null ? null : parser.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new SerializationException("not a value of " + topic + ": " + e.getMessage(), e);
            }
        };
    }
}
