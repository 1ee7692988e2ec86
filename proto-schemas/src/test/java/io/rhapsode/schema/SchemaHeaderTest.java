/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class SchemaHeaderTest {

    @Test
    void everyTopicNamesItsMessageAndVersion() {
        assertThat(Topic.values()).allSatisfy(topic -> {
            assertThat(topic.headers()).hasSize(1);
            assertThat(new String(topic.headers().get(0).value(), UTF_8))
                    .isEqualTo(topic.schema().getFullName())
                    .startsWith("rhapsode.v1.");
        });
    }

    /** A record that is made from another has that one's headers at first. */
    @Test
    void headerReplacesTheOneOfTheRecordItCameFrom() {
        var headers = new RecordHeaders(Topic.RAW.headers());
        headers.add("trace", new byte[] {1});
        var serde = SchemaHeader.serde(Topic.CALLS, ProtoSerde.of(Call.parser()));
        byte[] value = serde.serializer()
                .serialize("any", headers, Call.newBuilder().setCallId("c").build());
        assertThat(headers.headers("schema")).singleElement().satisfies(header -> assertThat(header.value())
                .isEqualTo("rhapsode.v1.Call".getBytes(UTF_8)));
        assertThat(headers.lastHeader("trace")).isNotNull();
        assertThat(serde.deserializer().deserialize("any", headers, value).getCallId())
                .isEqualTo("c");
    }
}
