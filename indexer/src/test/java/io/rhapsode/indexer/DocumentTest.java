/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.MessageId;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DocumentTest {

    private record Written(JsonObject action, JsonObject document) {}

    private static Written write(Document kind, MessageLite value) throws InvalidProtocolBufferException {
        return write(kind, value, IndexNames.DAILY);
    }

    private static Written write(Document kind, MessageLite value, IndexNames names)
            throws InvalidProtocolBufferException {
        var json = new JsonBytes(16);
        kind.write(value.toByteArray(), json, names);
        String text = new String(json.bytes(), 0, json.length(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("\n");
        String[] lines = text.split("\n");
        assertThat(lines).hasSize(2);
        return new Written(object(lines[0]).getJsonObject("index"), object(lines[1]));
    }

    private static JsonObject object(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static MessageLite sample(Document kind) {
        return switch (kind) {
            case MESSAGE -> Samples.message().build();
            case CALL -> Samples.call().build();
            case MEDIA -> Samples.mediaReport().setFromSip(true).build();
            case LOG -> Samples.logEvent().build();
            case COUNT -> Samples.count().build();
            case KPI -> Samples.kpi().build();
        };
    }

    private static Indices index(Document kind) {
        return switch (kind) {
            case MESSAGE -> Indices.SIP;
            case CALL -> Indices.CALLS;
            case MEDIA -> Indices.MEDIA;
            case LOG -> Indices.LOGS;
            case COUNT -> Indices.COUNTS;
            case KPI -> Indices.KPIS;
        };
    }

    /** Both ways: a field that is written but not mapped cannot be searched, one that is mapped but not written lies. */
    @ParameterizedTest
    @EnumSource
    void aFullDocumentHasExactlyTheFieldsOfItsTemplate(Document kind) throws IOException {
        var written = new TreeSet<String>();
        fields("", write(kind, sample(kind)).document(), written);
        assertThat(written).isEqualTo(templateFields(index(kind)));
    }

    private static void fields(String path, JsonValue value, Set<String> fields) {
        switch (value.getValueType()) {
            case OBJECT -> {
                if (path.equals("rhapsode.headers")) {
                    // Of type flattened: one field, whatever is in it.
                    fields.add(path);
                } else {
                    value.asJsonObject()
                            .forEach((name, inner) -> fields(path + (path.isEmpty() ? "" : ".") + name, inner, fields));
                }
            }
            case ARRAY -> value.asJsonArray().forEach(inner -> fields(path, inner, fields));
            default -> fields.add(path);
        }
    }

    private static Set<String> templateFields(Indices kind) throws IOException {
        try (var resource = Indices.class.getResourceAsStream(kind.template());
                var reader = Json.createReader(resource)) {
            var fields = new TreeSet<String>();
            mapped("", reader.readObject().getJsonObject("template").getJsonObject("mappings"), fields);
            return fields;
        }
    }

    private static void mapped(String path, JsonObject mapping, Set<String> fields) {
        if (!mapping.containsKey("properties")) {
            fields.add(path);
            return;
        }
        mapping.getJsonObject("properties")
                .forEach((name, inner) ->
                        mapped(path + (path.isEmpty() ? "" : ".") + name, inner.asJsonObject(), fields));
    }

    @Test
    void aMessageIsNamedByItsIdInTheIndexOfItsDay() throws IOException {
        var action = write(Document.MESSAGE, sample(Document.MESSAGE)).action();
        assertThat(action.getString("_id")).isEqualTo(MessageId.of(Samples.AT, 3, 77));
        assertThat(action.getString("_index")).isEqualTo("rhapsode-sip-v1-2026.11.24");
        assertThat(action).doesNotContainKey("version");
    }

    @Test
    void timesKeepTheirMicrosecondsAndAddressesTheirText() throws IOException {
        var document = write(Document.MESSAGE, sample(Document.MESSAGE)).document();
        assertThat(document.getString("@timestamp")).isEqualTo("2026-11-24T08:30:00.000001Z");
        assertThat(document.getJsonObject("source").getString("ip")).isEqualTo("192.0.2.1");
        assertThat(document.getJsonObject("network").getString("transport")).isEqualTo("udp");
        assertThat(document.getJsonObject("network").getString("type")).isEqualTo("ipv4");
    }

    @Test
    void unsignedNumbersOfTheWireDoNotTurnNegative() throws IOException {
        var document = write(Document.MESSAGE, sample(Document.MESSAGE)).document();
        assertThat(document.getJsonObject("sip")
                        .getJsonObject("cseq")
                        .getJsonNumber("code")
                        .longValue())
                .isEqualTo(4294967295L);
        assertThat(document.getJsonObject("rhapsode").getJsonNumber("agent_id").longValue())
                .isEqualTo(4294967295L);
    }

    @Test
    void aMaxForwardsOfFourBillionDoesNotCostTheMessageItsPlaceInTheIndex() throws IOException {
        var document = write(
                        Document.MESSAGE, Samples.message().setMaxForwards(-1).build())
                .document();
        assertThat(document.getJsonObject("sip")).doesNotContainKey("max_forwards");
    }

    @Test
    void aPayloadThatIsNotAllTextIsKeptByteForByteBesideItsText() throws IOException {
        var message = Samples.message().build();
        var document = write(Document.MESSAGE, message).document();
        assertThat(document.getJsonObject("event").getString("original")).isEqualTo(Samples.INVITE + "\uFFFD");
        assertThat(Base64.getDecoder().decode(document.getJsonObject("rhapsode").getString("payload")))
                .isEqualTo(message.getPacket().getPayload().toByteArray());
    }

    @Test
    void linksThatAreOnlyOfferedStandApartFromThoseOfTheSession() throws IOException {
        var call = write(Document.CALL, sample(Document.CALL))
                .document()
                .getJsonObject("rhapsode")
                .getJsonObject("call");
        assertThat(call.getString("session")).isEqualTo("zero@a.example");
        assertThat(call.getJsonArray("links"))
                .hasToString("[{\"call_id\":\"zero@a.example\",\"rule\":\"numbers-and-host\",\"confidence\":0.7}]");
        assertThat(call.getJsonArray("perhaps"))
                .hasToString("[{\"call_id\":\"two@a.example\",\"rule\":\"numbers\",\"confidence\":0.4}]");
    }

    @Test
    void aPayloadThatIsTextIsKeptOnce() throws IOException {
        var message = Samples.message();
        message.getPacketBuilder().setPayload(ByteString.copyFromUtf8(Samples.INVITE + "Jörg"));
        var document = write(Document.MESSAGE, message.build()).document();
        assertThat(document.getJsonObject("event").getString("original")).isEqualTo(Samples.INVITE + "Jörg");
        assertThat(document.getJsonObject("rhapsode")).doesNotContainKey("payload");
    }

    @Test
    void anEmptyMessageStillMakesADocument() throws IOException {
        var document = write(Document.MESSAGE, SipMessage.getDefaultInstance()).document();
        assertThat(document.toString()).isEqualTo("{\"sip\":{\"type\":\"request\"}}");
    }

    @Test
    void theFirstViaIsOfTheSenderAndTheLastOfWhoeverBegan() throws IOException {
        var message = Samples.message().clearVia();
        message.addViaBuilder().setTransport("TLS").setHost("2001:db8::7").setBranch("z9hG4bK3");
        message.addViaBuilder().setTransport("UDP").setHost("192.0.2.9").setPort(5070);
        message.addViaBuilder()
                .setTransport("UDP")
                .setHost("10.0.0.4")
                .setPort(5062)
                .setReceived("198.51.100.1")
                .setRport(40001);
        var rhapsode = write(Document.MESSAGE, message.build()).document().getJsonObject("rhapsode");
        assertThat(rhapsode.getString("top_via")).isEqualTo("SIP/2.0/TLS [2001:db8::7]");
        assertThat(rhapsode.getJsonObject("originator"))
                .hasToString("{\"ip\":[\"198.51.100.1\",\"10.0.0.4\"],\"port\":[40001,5062]}");
    }

    @Test
    void anOriginatorThatHasOnlyANameHasNoAddress() throws IOException {
        var message = Samples.message().clearVia();
        message.addViaBuilder().setTransport("UDP").setHost("phone-1.example.com");
        var rhapsode = write(Document.MESSAGE, message.build()).document().getJsonObject("rhapsode");
        assertThat(rhapsode.getString("top_via")).isEqualTo("SIP/2.0/UDP phone-1.example.com");
        assertThat(rhapsode).doesNotContainKey("originator");
    }

    @Test
    void aMarkThatANewerWriterKnowsIsNone() throws IOException {
        var message = Samples.message().setRepeatValue(5).build();
        assertThat(write(Document.MESSAGE, message).document().getJsonObject("rhapsode"))
                .doesNotContainKey("repeat");
    }

    @Test
    void onlyWhatRepeatsAMessageIsMarked() throws IOException {
        for (var repeat : SipMessage.Repeat.values()) {
            if (repeat != SipMessage.Repeat.UNRECOGNIZED) {
                var message = Samples.message().setRepeat(repeat).build();
                var rhapsode = write(Document.MESSAGE, message).document().getJsonObject("rhapsode");
                assertThat(rhapsode.getString("repeat", "none"))
                        .isEqualTo(
                                switch (repeat) {
                                    case RETRANSMISSION -> "retransmission";
                                    case FURTHER_SIGHTING -> "sighting";
                                    case DUPLICATE -> "duplicate";
                                    default -> "none";
                                });
            }
        }
    }

    @Test
    void aContactThatIsAStarIsNobody() throws IOException {
        var message = Samples.message().clearContact();
        message.addContactBuilder().setOriginal("*");
        var document = write(Document.MESSAGE, message.build()).document();
        assertThat(document.getJsonObject("sip")).doesNotContainKey("contact");
    }

    @Test
    void everyRevisionOfACallReplacesTheOneBeforeInTheSameIndex() throws IOException {
        Call first = Samples.call().setRevision(1).build();
        Call later = Samples.call()
                .setRevision(9)
                .setBeginAtUs(Samples.AT - 86_400_000_000L)
                .setLastAtUs(Samples.AT + 86_400_000_000L)
                .build();
        var one = write(Document.CALL, first).action();
        var other = write(Document.CALL, later).action();
        assertThat(other.getString("_index"))
                .isEqualTo(one.getString("_index"))
                .isEqualTo("rhapsode-calls-v1-2026.11.24");
        assertThat(other.getString("_id")).isEqualTo(one.getString("_id")).isEqualTo("one@a.example-" + Samples.AT);
        assertThat(one.getInt("version")).isEqualTo(1);
        assertThat(other.getInt("version")).isEqualTo(9);
        assertThat(other.getString("version_type")).isEqualTo("external");
    }

    @Test
    void byTheHourACallStaysInTheIndexOfItsOpeningToo() throws IOException {
        var names = new IndexNames(Map.of(Indices.CALLS, HourlyDays.parse("2026-11-24")));
        Call first = Samples.call().setRevision(1).build();
        Call later = Samples.call()
                .setRevision(9)
                .setBeginAtUs(Samples.AT - 3_600_000_000L)
                .setLastAtUs(Samples.AT + 86_400_000_000L)
                .build();
        String index = write(Document.CALL, first, names).action().getString("_index");
        assertThat(index).isEqualTo("rhapsode-calls-v1-2026.11.24.08");
        assertThat(write(Document.CALL, later, names).action().getString("_index"))
                .isEqualTo(index);
    }

    @Test
    void aCallOfAnOldCaptureFileGoesIntoTheIndexOfItsYear() throws IOException {
        long in2019 = 1_556_668_800_000_000L;
        Call call = Samples.call().setOpenedAtUs(in2019).build();
        assertThat(write(Document.CALL, call).action().getString("_index")).isEqualTo("rhapsode-calls-v1-2019");
    }

    @Test
    void aCallsHostsGiveItsAddressesOnceEachAndNamesAreNone() throws IOException {
        JsonArray addresses = write(Document.CALL, sample(Document.CALL))
                .document()
                .getJsonObject("related")
                .getJsonArray("ip");
        assertThat(addresses.getValuesAs(JsonString::getString)).containsExactly("192.0.2.1", "2001:db8::1");
    }

    @Test
    void numbersAreAlsoThereFromTheirEnd() throws IOException {
        var reversed = write(Document.CALL, sample(Document.CALL))
                .document()
                .getJsonObject("rhapsode")
                .getJsonObject("reversed");
        assertThat(reversed.getString("a_number")).isEqualTo("3210394+");
    }

    @Test
    void aCallIdOfAThousandCharactersStillFitsAnIdAndTwoSuchStayApart() throws IOException {
        var ids = new HashSet<String>();
        for (String end : new String[] {"a", "b"}) {
            Call call = Samples.call().setCallId("ü".repeat(1000) + end).build();
            String id = write(Document.CALL, call).action().getString("_id");
            assertThat(id.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(512);
            ids.add(id);
        }
        assertThat(ids).hasSize(2);
    }

    @Test
    void aMediaReportKeepsItsDecimalsAndBinaryRtcpItsBytes() throws IOException {
        byte[] rtcp = {(byte) 0x80, (byte) 0xc9, 0, 1, 0, 0, 0, 1};
        var report = Samples.mediaReport().setSource("rtcp");
        report.getPacketBuilder().setPayload(ByteString.copyFrom(rtcp));
        var written = write(Document.MEDIA, report.build());
        assertThat(written.action().getString("_id")).isEqualTo(MessageId.of(Samples.AT, 3, 78));
        assertThat(written.action().getString("_index")).isEqualTo("rhapsode-media-v1-2026.11.24");
        var rhapsode = written.document().getJsonObject("rhapsode");
        assertThat(Base64.getDecoder().decode(rhapsode.getString("payload"))).isEqualTo(rtcp);
        assertThat(written.document().getJsonObject("event")).doesNotContainKey("original");
        var stream = rhapsode.getJsonObject("media").getJsonArray("streams").getJsonObject(0);
        assertThat(stream.getJsonNumber("jitter_ms").doubleValue()).isEqualTo(2.875);
        assertThat(stream.getJsonNumber("packets_lost").longValue()).isEqualTo(-2);
        assertThat(stream.getJsonNumber("ssrc").longValue()).isEqualTo(4294967295L);
        assertThat(stream.getJsonNumber("loss_percent").doubleValue()).isZero();
    }

    @Test
    void whatAReportDoesNotSayIsAbsent() throws IOException {
        var report = Samples.mediaReport().clearStreams();
        report.addStreamsBuilder().setDirection("sent").setPackets(1);
        var media = write(Document.MEDIA, report.build())
                .document()
                .getJsonObject("rhapsode")
                .getJsonObject("media");
        assertThat(media.getJsonArray("streams").toString()).isEqualTo("[{\"direction\":\"sent\",\"packets\":1}]");
        assertThat(media.containsKey("from_sip")).isFalse();
    }

    @Test
    void aLogLineIsAMessageWithALevelAsEcsHasThem() throws IOException {
        var document = write(Document.LOG, sample(Document.LOG)).document();
        assertThat(document.getString("message")).isEqualTo("ERROR: no route");
        assertThat(document.getJsonObject("log").getString("level")).isEqualTo("error");
        assertThat(document.getJsonObject("sip").getString("call_id")).isEqualTo("one@a.example");
    }

    @Test
    void countsThatDifferInOnePartOfTheirKeyHaveDifferentIds() throws IOException {
        var ids = new HashSet<String>();
        for (StageCount count : new StageCount[] {
            Samples.count().build(),
            Samples.count().setStage("indexer").build(),
            Samples.count().setInstance("gw-2").build(),
            Samples.count().setCaptureNode("x".repeat(2000)).build(),
            Samples.count().setCaptureNode("x".repeat(2001)).build(),
            Samples.count().setMinuteS(60).build(),
            Samples.count().setOutcome("sent").build(),
            Samples.count().setReason("").build()
        }) {
            ids.add(write(Document.COUNT, count).action().getString("_id"));
        }
        assertThat(ids).hasSize(8);
        assertThat(write(Document.COUNT, Samples.count().build()).action().getString("version_type"))
                .isEqualTo("external_gte");
    }

    @Test
    void aNewerRevisionOfAMinuteReplacesTheOlderAndALaterPartStandsBesideIt() throws IOException {
        var kpi = Samples.kpi().setPart(0).build();
        var action = write(Document.KPI, kpi).action();
        assertThat(action.getString("_index")).isEqualTo("rhapsode-kpis-v1-2026.11.24");
        assertThat(action.getString("_id")).isEqualTo("site/dus/" + kpi.getMinuteS() + "/0");
        assertThat(action.getInt("version")).isEqualTo(7);
        assertThat(action.getString("version_type")).isEqualTo("external");
        var part = Samples.kpi().setPart(kpi.getMinuteS() + 9 * 86_400).build();
        assertThat(write(Document.KPI, part).action().getString("_id")).isNotEqualTo(action.getString("_id"));
        assertThat(write(Document.KPI, part).action().getString("_index"))
                .as("met over a week later: no sender makes more indices than there are days")
                .isEqualTo("rhapsode-kpis-v1-2026");
    }

    @Test
    void codesAndDelaysOfAMinuteAreListsSideBySide() throws IOException {
        var kpi = write(Document.KPI, Samples.kpi().putFinalCodes(404, 1).build())
                .document()
                .getJsonObject("rhapsode")
                .getJsonObject("kpi");
        assertThat(kpi.getJsonObject("final_codes").toString()).isEqualTo("{\"code\":[200,404],\"count\":[9,1]}");
        assertThat(kpi.getJsonNumber("ser_percent").doubleValue()).isEqualTo(60.5);
    }
}
