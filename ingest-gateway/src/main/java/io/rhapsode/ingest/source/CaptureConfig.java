/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.service.Settings;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * How to capture from interfaces.
 *
 * @param interfaces names of this machine's; "any" is all of them; empty: no live capture
 * @param filter in the language of pcap-filter(7)
 * @param snapLength bytes kept of a frame
 * @param buffer bytes the kernel keeps for each interface
 * @param node the capture node; empty takes the machine's name
 */
public record CaptureConfig(
        List<String> interfaces, String filter, boolean promiscuous, int snapLength, int buffer, String node) {

    /**
     * SIP on its usual ports, every tunnel of IP in IP, the later fragments of all datagrams, which have no ports, and RTCP,
     * which has no usual ones: version 2 and a packet type of 200 to 207 (RFC 3550 section 6.4), so that RTP stays in the
     * kernel.
     */
    static final String DEFAULT_FILTER =
            "portrange 5060-5091 or ip proto 4 or ip proto 41 or ip6 proto 4 or ip6 proto 41"
                    + " or ip[6:2] & 0x1fff != 0 or ip6 proto 44"
                    + " or udp[8:2] & 0xc0f8 = 0x80c8 or (ip6[6] = 17 and ip6[48:2] & 0xc0f8 = 0x80c8)";

    /** Adds the settings to those of the gateway. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        "RHAPSODE_CAPTURE_INTERFACE",
                        Type.LIST,
                        "",
                        Importance.HIGH,
                        "Interfaces to capture SIP and its RTCP from, comma separated; any is all of them; empty: none")
                .define(
                        "RHAPSODE_CAPTURE_FILTER",
                        Type.STRING,
                        DEFAULT_FILTER,
                        new NonEmptyString(),
                        Importance.HIGH,
                        "Which frames to look at, see pcap-filter(7); holds for the outermost packet")
                .define(
                        "RHAPSODE_CAPTURE_PROMISCUOUS",
                        Type.BOOLEAN,
                        true,
                        Importance.MEDIUM,
                        "Also frames that are for other machines, as mirror ports send them")
                .define(
                        "RHAPSODE_CAPTURE_SNAP_LENGTH",
                        Type.INT,
                        65_535,
                        Range.between(256, 262_144),
                        Importance.LOW,
                        "Bytes captured of a frame")
                .define(
                        "RHAPSODE_CAPTURE_BUFFER",
                        Type.INT,
                        16 << 20,
                        Range.between(1 << 20, 1 << 30),
                        Importance.MEDIUM,
                        "Bytes of frames the kernel keeps for each interface; what comes when it is full counts as dropped")
                .define(
                        "RHAPSODE_CAPTURE_NODE",
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Capture node of what is captured here; empty takes the machine's name");
    }

    /** @throws IllegalArgumentException naming every interface that cannot be captured */
    public static CaptureConfig read(Settings settings) {
        var config = new CaptureConfig(
                settings.list("RHAPSODE_CAPTURE_INTERFACE").stream()
                        .filter(name -> !name.isBlank())
                        .toList(),
                settings.text("RHAPSODE_CAPTURE_FILTER"),
                settings.flag("RHAPSODE_CAPTURE_PROMISCUOUS"),
                settings.number("RHAPSODE_CAPTURE_SNAP_LENGTH"),
                settings.number("RHAPSODE_CAPTURE_BUFFER"),
                settings.text("RHAPSODE_CAPTURE_NODE"));
        LiveCaptures.check(config);
        return config;
    }
}
