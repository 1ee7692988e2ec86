/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.ProtoJson;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Topic;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;

/** Writes what is on a topic as JSON to the topic's twin: same key, same order, same transaction. */
final class JsonTwins {

    /** Below Kafka's limit for a record, 1 MiB, with room for key and header: one that is over it would stop the way. */
    static final int MOST_BYTES = 1_000_000;

    private final StreamMetrics metrics;
    private final Generation generation;

    JsonTwins(StreamMetrics metrics, Generation generation) {
        this.metrics = metrics;
        this.generation = generation;
    }

    void write(KStream<Bytes, ? extends Message> values, Topic topic) {
        String name = topic.name().toLowerCase(Locale.ROOT);
        values.flatMapValues(this::json, Named.as(name + "-as-json"))
                .to(generation.jsonTopic(topic), CallTopology.produced(topic, Serdes.ByteArray(), name + "-json"));
    }

    private List<byte[]> json(Message value) {
        byte[] json = ProtoJson.bytes(value);
        if (json.length > MOST_BYTES) {
            metrics.jsonTooLarge();
            return List.of();
        }
        return List.of(json);
    }

    /** Messages go to their topic as the bytes that were written: for the twin they are read again. */
    static SipMessage message(byte[] topicMessage) {
        try {
            return SipMessage.parseFrom(topicMessage);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was just written cannot be read", e);
        }
    }
}
