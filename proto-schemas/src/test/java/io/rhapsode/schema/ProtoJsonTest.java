/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtoJsonTest {

    private static final String SPECIAL = "\"\\/\n\r\t\u0000\u001f\u007f\u2028 é 漢 \uD83D\uDE00 <&>";

    private static String json(Message message) {
        return new String(ProtoJson.bytes(message), UTF_8);
    }

    @Test
    void aCallUnderTheNamesOfTheSchema() {
        var call = Call.newBuilder()
                .setCallId("a\"b")
                .setOpenedAtUs(1_764_000_000_000_000L)
                .setState(CallState.ENDED)
                .setFinalCode(200)
                .setRingMs(0)
                .addHosts("10.0.0.1:5060")
                .addHosts("10.0.0.2:5060")
                .build();
        assertThat(json(call))
                .isEqualTo("{\"call_id\":\"a\\\"b\",\"opened_at_us\":\"1764000000000000\",\"state\":\"ENDED\","
                        + "\"final_code\":200,\"ring_ms\":\"0\",\"hosts\":[\"10.0.0.1:5060\",\"10.0.0.2:5060\"]}");
        assertThat(json(Call.getDefaultInstance())).isEqualTo("{}");
        assertThat(json(Call.newBuilder().setStateValue(99).build())).isEqualTo("{\"state\":99}");
    }

    @Test
    void whatWasCapturedIsTextWhereItIsText() {
        var sip = RawPacket.newBuilder().setPayload(ByteString.copyFromUtf8("OPTIONS sip:a SIP/2.0\r\nTo: é"));
        assertThat(json(sip.build())).isEqualTo("{\"text\":\"OPTIONS sip:a SIP/2.0\\r\\nTo: é\"}");
        var rtcp = RawPacket.newBuilder().setPayload(ByteString.copyFrom(new byte[] {(byte) 0x80, (byte) 0xc8}));
        assertThat(json(rtcp.build())).isEqualTo("{\"payload\":\"gMg=\"}");
    }

    /** Whatever the value, protobuf's own reader of JSON gets the same message from it. */
    @Test
    void protobufReadsItAsItWas() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Topic topic = Topic.values()[random.nextInt(Topic.values().length)];
            Message message = some(prototype(topic).newBuilderForType(), random, 0);
            var read = message.newBuilderForType();
            JsonFormat.parser().merge(json(message), read);
            assertThat(read.build()).as("seed %d", seed).isEqualTo(message);
        }
    }

    private static Message prototype(Topic topic) {
        return switch (topic) {
            case RAW -> RawPacket.getDefaultInstance();
            case SIP -> SipMessage.getDefaultInstance();
            case CALLS -> Call.getDefaultInstance();
            case LINKS -> CallLink.getDefaultInstance();
            case MEDIA -> MediaReport.getDefaultInstance();
            case LOGS -> LogEvent.getDefaultInstance();
            case DEAD_LETTER -> DeadLetter.getDefaultInstance();
            case COUNTS -> StageCount.getDefaultInstance();
            case INGEST_STATS -> IngestStats.getDefaultInstance();
            case KPIS -> Kpi.getDefaultInstance();
        };
    }

    /** Some of the fields, each with some value of its type. */
    private static Message some(Message.Builder message, Random random, int depth) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            if (random.nextBoolean() || nested && depth > 3) {
                continue;
            }
            for (int i = field.isRepeated() ? random.nextInt(3) : 1; i > 0; i--) {
                Object value =
                        nested ? some(message.newBuilderForField(field), random, depth + 1) : scalar(field, random);
                if (field.isMapField()) {
                    // One entry: two of one key would not come back as two.
                    message.clearField(field);
                }
                if (field.isRepeated()) {
                    message.addRepeatedField(field, value);
                } else {
                    message.setField(field, value);
                }
            }
        }
        return message.build();
    }

    private static Object scalar(FieldDescriptor field, Random random) {
        return switch (field.getJavaType()) {
            case INT -> random.nextInt();
            case LONG -> random.nextLong();
            case DOUBLE -> random.nextInt(9) == 0 ? Double.POSITIVE_INFINITY : random.nextGaussian() * 1e20;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> SPECIAL.substring(0, SPECIAL.offsetByCodePoints(0, random.nextInt(15)));
            // Not UTF-8, or it would be text.
            case BYTE_STRING -> ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) random.nextInt()});
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()));
            default -> throw new IllegalStateException(field.toString());
        };
    }
}
