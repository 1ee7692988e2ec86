/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.json.JsonValue;
import io.rhapsode.wire.rtcp.RtcpPacket.ExtendedReport;
import io.rhapsode.wire.rtcp.RtcpPacket.Goodbye;
import io.rhapsode.wire.rtcp.RtcpPacket.Item;
import io.rhapsode.wire.rtcp.RtcpPacket.Report;
import io.rhapsode.wire.rtcp.RtcpPacket.ReportBlock;
import io.rhapsode.wire.rtcp.RtcpPacket.SenderInfo;
import io.rhapsode.wire.rtcp.RtcpPacket.SourceDescription;
import io.rhapsode.wire.rtcp.RtcpPacket.XrBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * RTCP as capture agents write it in JSON (HEP protocol type 5): the same packets as in binary RTCP. Common to all are
 * {@code ssrc}, {@code type}, {@code sender_information} and {@code report_blocks}. They differ: Asterisk writes times
 * as texts and SSRCs as signed numbers; rtpengine and captagent add {@code sdes_information}; heplify fills in a sender
 * and an XR block of zeros where there was none, in its version 2 {@code voip_metrics}; captagent has
 * {@code extended_report_information}.
 */
public final class RtcpJson {

    private static final int SENDER_REPORT = 200;
    private static final int GOODBYE = 203;
    private static final long UINT32 = 0xffff_ffffL;

    private RtcpJson() {}

    /** True if the document has one of the keys that all variants share. */
    public static boolean isRtcp(JsonValue json) {
        return json.has("report_blocks")
                || json.has("sender_information")
                || json.has("sdes_information")
                || json.has("report_blocks_xr")
                || json.has("extended_report_information");
    }

    /**
     * The packets the document speaks of; more than {@link Rtcp#MAX_PACKETS} report blocks are cut off.
     *
     * @throws MalformedPacket "rtcp-json-unknown" if it has none of the keys of RTCP
     */
    public static List<RtcpPacket> decode(JsonValue json) throws MalformedPacket {
        if (!isRtcp(json)) {
            throw new MalformedPacket("rtcp-json-unknown");
        }
        var packets = new ArrayList<RtcpPacket>();
        long ssrc = unsigned(json.get("ssrc"));
        SenderInfo sender = sender(json);
        var blocks = json.get("report_blocks").items().stream()
                .limit(Rtcp.MAX_PACKETS)
                .map(RtcpJson::reportBlock)
                .toList();
        if (sender != null || !blocks.isEmpty()) {
            packets.add(new Report(ssrc, sender, blocks));
        }
        if (json.get("type").number() == GOODBYE) {
            packets.add(new Goodbye(List.of(ssrc), ""));
        }
        addDescription(packets, json);
        VoipMetrics metrics = metrics(json);
        if (metrics != null) {
            packets.add(new ExtendedReport(ssrc, List.of(new XrBlock(7, metrics))));
        }
        return packets;
    }

    /** What was sent; null if nothing was, or if heplify filled in zeros for a receiver report. */
    private static SenderInfo sender(JsonValue json) {
        JsonValue sender = json.get("sender_information");
        var info = new SenderInfo(
                unsigned(sender.get("ntp_timestamp_sec")),
                unsigned(sender.get("ntp_timestamp_usec")),
                unsigned(sender.get("rtp_timestamp")),
                unsigned(sender.get("packets")),
                unsigned(sender.get("octets")));
        boolean zeros = info.equals(new SenderInfo(0, 0, 0, 0, 0));
        return !sender.isObject() || zeros && json.get("type").number() != SENDER_REPORT ? null : info;
    }

    private static ReportBlock reportBlock(JsonValue block) {
        return new ReportBlock(
                unsigned(block.get("source_ssrc")),
                (int) unsigned(block.get("fraction_lost")) & 0xff,
                lost(block.get("packets_lost")),
                unsigned(block.get("highest_seq_no")),
                unsigned(block.get("ia_jitter")),
                unsigned(block.get("lsr")),
                unsigned(block.get("dlsr")));
    }

    /** A signed number of 24 bits that some write without its sign. */
    private static int lost(JsonValue value) {
        int lost = (int) unsigned(value);
        return lost << 8 >> 8;
    }

    private static void addDescription(List<RtcpPacket> packets, JsonValue json) {
        var items = json.get("sdes_information").items().stream()
                .limit(Rtcp.MAX_PACKETS)
                .map(item -> new Item(
                        unsigned(item.has("sdes_chunk_ssrc") ? item.get("sdes_chunk_ssrc") : json.get("sdes_ssrc")),
                        (int) unsigned(item.get("type")),
                        item.get("text").text()))
                .toList();
        if (!items.isEmpty()) {
            packets.add(new SourceDescription(items));
        }
    }

    private static VoipMetrics metrics(JsonValue json) {
        if (json.get("voip_metrics").isObject()) {
            return metrics(json.get("voip_metrics"), "ssrc", "loss_rate", "discard_rate", 10);
        }
        if (json.get("extended_report_information").isObject()) {
            return metrics(json.get("extended_report_information"), "identifier", "loss_rate", "discard_rate", 1);
        }
        JsonValue xr = json.get("report_blocks_xr");
        return xr.get("type").number() == 7 ? metrics(xr, "id", "fraction_lost", "fraction_discard", 1) : null;
    }

    /** @param mosFactor what makes tenths of the MOS as it stands */
    private static VoipMetrics metrics(JsonValue xr, String ssrc, String loss, String discard, int mosFactor) {
        return new VoipMetrics(
                unsigned(xr.get(ssrc)),
                small(xr, loss),
                small(xr, discard),
                small(xr, "burst_density", "burst_rate"),
                small(xr, "gap_density", "gap_rate"),
                small(xr, "burst_duration"),
                small(xr, "gap_duration"),
                small(xr, "round_trip_delay"),
                small(xr, "end_system_delay", "end_sys_delay"),
                (byte) small(xr, "signal_level", "signal_lev"),
                (byte) small(xr, "noise_level", "noise_lev"),
                small(xr, "rerl", "RERL"),
                small(xr, "gmin", "Gmin"),
                quality(xr, 1, "r_factor", "R_fact"),
                quality(xr, 1, "ext_r_factor", "ext_R_fact"),
                quality(xr, mosFactor, "mos_lq", "MOS_LQ"),
                quality(xr, mosFactor, "mos_cq", "MOS_CQ"),
                small(xr, "rx_config"),
                small(xr, "jb_nominal", "JB_nom"),
                small(xr, "jb_maximum", "JB_max"),
                small(xr, "jb_abs_max", "JB_abs_max"));
    }

    /** An R factor or a MOS: where the agent has none, or writes 0 for it, it is not available. */
    private static int quality(JsonValue xr, int factor, String... keys) {
        for (String key : keys) {
            double value = xr.get(key).number() * factor;
            if (value > 0 && value < VoipMetrics.UNAVAILABLE) {
                return (int) Math.round(value);
            }
        }
        return VoipMetrics.UNAVAILABLE;
    }

    /** A number of 16 bits under the first of the keys that is there. */
    private static int small(JsonValue xr, String... keys) {
        for (String key : keys) {
            if (xr.has(key)) {
                return (int) unsigned(xr.get(key)) & 0xffff;
            }
        }
        return 0;
    }

    /** The low 32 bits: undoes the sign that some give to what has none. */
    private static long unsigned(JsonValue value) {
        double number = value.number();
        return Double.isNaN(number) ? 0 : (long) number & UINT32;
    }
}
