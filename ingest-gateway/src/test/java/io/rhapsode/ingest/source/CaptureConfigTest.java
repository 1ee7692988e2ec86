/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.pcap.PcapWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.Pcaps;

/** What the default filter lets through, by libpcap itself. */
class CaptureConfigTest {

    private static final Path MEDIA =
            Path.of("../wire-formats/src/test/resources/captures/rtpengine10_rtp_rtcp_xr.pcap");

    @TempDir
    Path folder;

    private static int passed(Path file) throws Exception {
        try (PcapHandle handle = open(file)) {
            handle.setFilter(CaptureConfig.DEFAULT_FILTER, BpfCompileMode.OPTIMIZE);
            int passed = 0;
            while (handle.getNextRawPacket() != null) {
                passed++;
            }
            return passed;
        }
    }

    private static PcapHandle open(Path file) throws Exception {
        try {
            return Pcaps.openOffline(file.toString());
        } catch (LinkageError e) {
            assumeTrue(false, "no libpcap here: " + e.getMessage());
            throw e;
        }
    }

    /** tshark finds 16 packets of RTCP among the 422 frames, the others are RTP and HEP. */
    @Test
    void rtcpPassesAndRtpDoesNot() throws Exception {
        assertThat(passed(MEDIA)).isEqualTo(16);
    }

    @Test
    void rtcpOverIpv6Passes() throws Exception {
        Path file = folder.resolve("v6.pcap");
        byte[] address = IpAddress.of("2001:db8::1").orElseThrow();
        try (var out = new PcapWriter(Files.newOutputStream(file))) {
            for (String payload :
                    new String[] {"80c9000100000001", "80000001000000010000000200000003", "80d1000100000001"}) {
                out.write(
                        1_000_000,
                        17,
                        address,
                        address,
                        4001,
                        7001,
                        HexFormat.of().parseHex(payload));
            }
        }
        assertThat(passed(file)).isEqualTo(1);
    }
}
