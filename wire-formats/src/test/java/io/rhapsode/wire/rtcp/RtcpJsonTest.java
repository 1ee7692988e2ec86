/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.json.JsonReader;
import io.rhapsode.wire.json.JsonValue;
import io.rhapsode.wire.rtcp.RtcpPacket.ExtendedReport;
import io.rhapsode.wire.rtcp.RtcpPacket.Report;
import io.rhapsode.wire.rtcp.RtcpPacket.ReportBlock;
import io.rhapsode.wire.rtcp.RtcpPacket.SenderInfo;
import io.rhapsode.wire.rtcp.RtcpPacket.SourceDescription;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same report in the words of each agent. */
class RtcpJsonTest {

    /** Recorded from heplify 1.x, which counted a whole compound under the type of its last packet. */
    static final String HEPLIFY_1 = "{\"sender_information\":{\"ntp_timestamp_sec\":1120470986,\"ntp_timestamp_usec\":"
            + "1593492995,\"rtp_timestamp\":9411,\"packets\":9,\"octets\":1548},\"ssrc\":932629361,\"type\":203,"
            + "\"report_count\":1,\"report_blocks\":null,\"report_blocks_xr\":{\"type\":0,\"id\":0,\"fraction_lost\":0,"
            + "\"fraction_discard\":0,\"burst_density\":0,\"gap_density\":0,\"burst_duration\":0,\"gap_duration\":0,"
            + "\"round_trip_delay\":0,\"end_system_delay\":0},\"sdes_ssrc\":932629361}";

    static final String RTPENGINE = "{\"sender_information\":{\"ntp_timestamp_sec\":3667834977,\"ntp_timestamp_usec\":"
            + "2355549043,\"octets\":82240,\"rtp_timestamp\":84679, \"packets\":514},\"ssrc\":3724882677,\"type\":200,"
            + "\"report_count\":1,\"report_blocks\":[{\"source_ssrc\":2062957521,\"highest_seq_no\":4663,"
            + "\"fraction_lost\":13,\"ia_jitter\":80,\"packets_lost\":2,\"lsr\":3093100159,\"dlsr\":296222}],"
            + "\"sdes_report_count\":1,\"sdes_information\": [ {\"sdes_chunk_ssrc\":3724882677,\"type\":1,"
            + "\"text\":\"a@b\"}] }";

    static final String ASTERISK = "{\"type\":200,\"ssrc\":1814766290,\"report_count\":1,\"report_blocks\":["
            + "{\"source_ssrc\":-1640316609,\"fraction_lost\":13,\"packets_lost\":2,\"highest_seq_no\":783,\"lsr\":\"0\","
            + "\"ia_jitter\":80,\"dlsr\":0}],\"sender_information\":{\"packets\":379,\"ntp_timestamp_sec\":"
            + "\"3373905467\",\"ntp_timestamp_usec\":\"4288694262\",\"rtp_timestamp\":-210772703,\"octets\":7580}}";

    static final String HEPLIFY_2 = "{\"sender_information\":{\"ntp_timestamp_sec\":0,\"ntp_timestamp_usec\":0,"
            + "\"rtp_timestamp\":0,\"packets\":0,\"octets\":0},\"ssrc\":5,\"type\":207,\"report_count\":0,"
            + "\"report_blocks\":null,\"report_blocks_xr\":{\"type\":7,\"id\":9,\"fraction_lost\":5,"
            + "\"fraction_discard\":1,\"burst_density\":2,\"gap_density\":3,\"burst_duration\":120,"
            + "\"gap_duration\":4000,\"round_trip_delay\":40,\"end_system_delay\":10},\"voip_metrics\":{\"ssrc\":9,"
            + "\"loss_rate\":5,\"discard_rate\":1,\"burst_density\":2,\"gap_density\":3,\"burst_duration\":120,"
            + "\"gap_duration\":4000,\"round_trip_delay\":40,\"end_system_delay\":10,\"signal_level\":-40,"
            + "\"noise_level\":-56,\"rerl\":20,\"gmin\":16,\"r_factor\":93,\"ext_r_factor\":80,\"mos_cq\":4.2,"
            + "\"mos_lq\":4.1,\"jb_nominal\":60,\"jb_maximum\":80,\"jb_abs_max\":120},\"sdes_ssrc\":0}";

    static final String CAPTAGENT =
            "{ \"sender_information\":{\"ntp_timestamp_sec\":3650797214,\"ntp_timestamp_usec\":1,"
                    + "\"octets\":16960,\"rtp_timestamp\":16960, \"packets\":106},\"ssrc\":451916597,\"type\":200, "
                    + "\"report_blocks\":[{\"source_ssrc\":898343773,\"highest_seq_no\":20881,\"fraction_lost\":13,"
                    + "\"ia_jitter\":80,\n\"packets_lost\":2,\"lsr\":3197960650,\"dlsr\":7733}],\"report_count\":1,"
                    + "\"sdes_ssrc\":451916597,\"sdes_chunk_ssrc\":451916597,\"sdes_information\": [ {\"type\":1,"
                    + "\"text\":\"a@b\"}],\"sdes_report_count\":1,\"extended_report_information\":{\"type\":7, "
                    + "\"identifier\":898343773, \"loss_rate\":5, \"discard_rate\":1, \"burst_rate\":2, \"gap_rate\":3, "
                    + "\"burst_duration\":120, \"gap_duration\":4000, \"round_trip_delay\":40, \"end_sys_delay\":10, "
                    + "\"signal_lev\":216, \"noise_lev\":200, \"RERL\":20, \"Gmin\":16, \"R_fact\":93, \"ext_R_fact\":127, "
                    + "\"MOS_LQ\":41, \"MOS_CQ\":42, \"RX_conf\":[{\"PLC\":3, \"JB_adapt\":2, \"JB_rate\":0}], "
                    + "\"JB_nom\":60, \"JB_max\":80, \"JB_abs_max\":120}}";

    static JsonValue json(String text) throws MalformedPacket {
        byte[] bytes = text.getBytes(UTF_8);
        return JsonReader.read(bytes, 0, bytes.length);
    }

    @Test
    void rtpengine() throws MalformedPacket {
        assertThat(RtcpJson.decode(json(RTPENGINE)))
                .containsExactly(
                        new Report(
                                3724882677L,
                                new SenderInfo(3667834977L, 2355549043L, 84679, 514, 82240),
                                List.of(new ReportBlock(2062957521, 13, 2, 4663, 80, 3093100159L, 296222))),
                        new SourceDescription(List.of(new RtcpPacket.Item(3724882677L, 1, "a@b"))));
    }

    @Test
    void asteriskWithTextsForNumbersAndSignsForNone() throws MalformedPacket {
        assertThat(RtcpJson.decode(json(ASTERISK)))
                .containsExactly(new Report(
                        1814766290,
                        new SenderInfo(3373905467L, 4288694262L, 4084194593L, 379, 7580),
                        List.of(new ReportBlock(2654650687L, 13, 2, 783, 80, 0, 0))));
    }

    @Test
    void heplifyOneWithNullForNoBlocks() throws MalformedPacket {
        var packets = RtcpJson.decode(json(HEPLIFY_1));
        assertThat(packets).extracting(RtcpPacket::name).containsExactly("SR", "BYE");
        assertThat(((Report) packets.get(0)).sender()).isEqualTo(new SenderInfo(1120470986, 1593492995, 9411, 9, 1548));
    }

    @Test
    void heplifyTwoWithZerosForTheSenderThatThereIsNot() throws MalformedPacket {
        var packets = RtcpJson.decode(json(HEPLIFY_2));
        assertThat(packets).singleElement().satisfies(packet -> {
            var metrics = ((ExtendedReport) packet).blocks().get(0).metrics();
            assertThat(metrics.ssrc()).isEqualTo(9);
            assertThat(metrics.mosListening()).isEqualTo(41);
            assertThat(metrics.mosConversational()).isEqualTo(42);
            assertThat(metrics.signalLevel()).isEqualTo(-40);
        });
    }

    @Test
    void captagentWithItsOwnNamesForExtendedReports() throws MalformedPacket {
        var packets = RtcpJson.decode(json(CAPTAGENT));
        assertThat(packets).extracting(RtcpPacket::name).containsExactly("SR", "SDES", "XR");
        var metrics = ((ExtendedReport) packets.get(2)).blocks().get(0).metrics();
        assertThat(metrics)
                .isEqualTo(new VoipMetrics(
                        898343773, 5, 1, 2, 3, 120, 4000, 40, 10, -40, -56, 20, 16, 93, 127, 41, 42, 0, 60, 80, 120));
        var streams = RtcpQuality.of(packets, 0);
        assertThat(streams).hasSize(2);
        assertThat(streams.get(1).get(Metric.MOS)).isEqualTo(4.1);
        assertThat(streams.get(1).get(Metric.JITTER_MS)).isEqualTo(10);
    }

    /** rtpengine and heplify write the 24 bits without their sign. */
    @Test
    void lossesBelowZeroInTwentyFourBits() throws MalformedPacket {
        var report =
                (Report) RtcpJson.decode(json(RTPENGINE.replace("\"packets_lost\":2", "\"packets_lost\":16777214")))
                        .get(0);
        assertThat(report.blocks().get(0).lost()).isEqualTo(-2);
    }

    @Test
    void jsonOfSomethingElse() {
        assertThatThrownBy(() -> RtcpJson.decode(json("{\"a\":1}"))).hasMessage("rtcp-json-unknown");
        assertThatThrownBy(() -> RtcpJson.decode(json("[]"))).hasMessage("rtcp-json-unknown");
    }

    @Test
    void everyValueOfAnotherKind() throws MalformedPacket {
        var packets = RtcpJson.decode(json("{\"ssrc\":[],\"type\":{},\"report_blocks\":[1,null,{\"lsr\":\"x\"}],"
                + "\"sender_information\":7,\"sdes_information\":{}}"));
        assertThat(packets).singleElement().satisfies(packet -> assertThat(((Report) packet).blocks())
                .hasSize(3)
                .containsOnly(new ReportBlock(0, 0, 0, 0, 0, 0, 0)));
    }
}
