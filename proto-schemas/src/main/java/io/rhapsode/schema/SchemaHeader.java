/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import com.google.protobuf.Descriptors.Descriptor;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The record header that says what a value is: {@value #KEY}, with the full name of the message and the version in it
 * ("rhapsode.v1.SipMessage").
 */
public final class SchemaHeader {

    /** The header's key. */
    public static final String KEY = "schema";

    private SchemaHeader() {}

    static Header of(Descriptor schema) {
        return new RecordHeader(KEY, schema.getFullName().getBytes(StandardCharsets.UTF_8));
    }

    /** A serde whose records carry the header of the topic, in place of one that came with what they were made from. */
    public static <T> Serde<T> serde(Topic topic, Serde<T> values) {
        return Serdes.serdeFrom(new Stamp<>(topic.headers().get(0), values.serializer()), values.deserializer());
    }

    private record Stamp<T>(Header header, Serializer<T> values) implements Serializer<T> {

        @Override
        public byte[] serialize(String topic, T value) {
            return values.serialize(topic, value);
        }

        @Override
        public byte[] serialize(String topic, Headers headers, T value) {
            headers.remove(KEY).add(header);
            return values.serialize(topic, headers, value);
        }
    }
}
