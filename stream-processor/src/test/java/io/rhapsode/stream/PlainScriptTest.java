/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The key figures of capture files are those that a plain script computes, which has nothing in common with this
 * program: {@code src/test/resources/kpis.py}. What it printed for the files of the demo is kept, so that they are
 * compared where there is no Python as well; with {@code -Dgolden.update=true} it is written anew.
 */
class PlainScriptTest {

    private static final Path SCRIPT = Path.of("src/test/resources/kpis.py");
    private static final Path PRINTED = Path.of("src/test/resources/kpis-of-demo.tsv");

    /** Of those that are read where they are: SIP over UDP on plain Ethernet, with possible times, and no torture. */
    private static final List<String> EXTRA = List.of(
            "NormB+sipnab/SIP_DTMF2.cap",
            "NormB+sipnab/codec-negotiation.pcap",
            "NormB+sipnab/register-invite-reinvite-bye.pcap",
            "NormB+sipnab/Asterisk_ZFONE_XLITE.pcap",
            "NormB+sipnab/sip_call.pcap",
            "NormB+sipnab/sip-proxy.pcap",
            "NormB+sipnab/invite-opus-bye.pcap",
            "NormB+sipnab/metasploit-sip-invite-spoof.pcap",
            "NormB+sipnab/sip-rtp-g729a.pcap",
            "CESNET+ipfixprobe/sip.pcap",
            "aboutsip+pkts/my_traffic.pcap",
            "aboutsip+pkts/sip_rtp.pcap",
            "aboutsip+pkts/sipp.pcap",
            "aboutsip+pkts/sipp_sll.pcap",
            "fulljackz+DrawMyCall/sip-rtp-ilbc.pcap",
            "fulljackz+DrawMyCall/sip-rtp-opus.pcap",
            "generated/kam_hep1_udp.sip.pcap",
            "generated/kam_hep2_udp.sip.pcap",
            "generated/kam_hep3_corr_auth_log_udp.sip.pcap",
            "generated/kam_hep3_ipv6.sip.pcap",
            "generated/kam_hep3_udp_flows.sip.pcap",
            "generated/siprec_broadworks_pause_resume_udp.pcap",
            "generated/siprec_oracle_udp.pcap",
            "irontec+sngrep/aaa.pcap",
            "negbie+heplify/rtp_rtcp_sip_ipv4_udp.pcap",
            "ntop+nDPI/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
            "ntop+nDPI/sip.pcap",
            "pentesteracademy+voipshark/SIP-SRTP-Normal_Call_two_parties.pcap",
            "snort3+snort3_demo/sip__SIP_Eyebeam2Eyebeam_Video_Audio.pcap");

    @TempDir
    Path folder;

    private static List<Path> demo() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../demo"))) {
            return files.filter(file -> file.toString().endsWith(".pcap"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> script(List<Path> captures) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "python3"))),
                "there is no python3");
        var command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
        captures.forEach(capture -> command.add(capture.toString()));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed.lines().toList();
    }

    /** The newest records, after everything has been waited for, as the script prints them. */
    private List<String> topic(List<Path> captures) {
        try (var way = new TestWay(folder, Map.of("RHAPSODE_KPI_KEYS", "prefix:3"))) {
            captures.forEach(capture -> Captures.packets(capture).forEach(way::packet));
            for (int i = 0; i < 12 * 60; i++) {
                way.pass(Duration.ofMillis(500));
            }
            var newest = new TreeMap<String, Kpi>();
            way.kpis().forEach(record -> newest.put(record.key(), record.value()));
            var sums = new TreeMap<String, Kpi.Builder>();
            newest.values().forEach(kpi -> {
                String name = kpi.getDimension() + "/" + kpi.getValue() + "\t" + kpi.getMinuteS() + "\t";
                KpiFigures.add(sums.computeIfAbsent(name, ignored -> Kpi.newBuilder()), kpi);
            });
            var lines = new TreeSet<String>();
            sums.forEach((name, kpi) ->
                    kpi.build().getAllFields().forEach((field, value) -> lines(name, field, value, lines)));
            return List.copyOf(lines);
        }
    }

    private static void lines(String name, FieldDescriptor field, Object value, TreeSet<String> lines) {
        if (!field.isMapField()) {
            lines.add(name + field.getName() + "\t" + value);
            return;
        }
        for (Object one : (List<?>) value) {
            var entry = (MapEntry<?, ?>) one;
            lines.add(name + field.getName() + " " + entry.getKey() + "\t" + entry.getValue());
        }
    }

    @Test
    void keyFiguresOfTheDemoAreThoseOfTheScript() throws IOException {
        List<String> printed = Files.readAllLines(PRINTED);
        assertThat(printed).hasSizeGreaterThan(100);
        assertThat(topic(demo())).containsExactlyInAnyOrderElementsOf(printed);
    }

    @Test
    void theScriptStillPrintsThat() throws IOException, InterruptedException {
        List<String> printed = script(demo());
        if (Boolean.getBoolean("golden.update")) {
            Files.write(PRINTED, printed);
        }
        assertThat(printed).isEqualTo(Files.readAllLines(PRINTED));
    }

    @Test
    void keyFiguresOfExtraCapturesAreThoseOfTheScript() throws IOException, InterruptedException {
        Path files = Path.of(System.getenv().getOrDefault("RHAPSODE_EXTRA_CAPTURES", "../../shared/data"), "files");
        assumeTrue(Files.isDirectory(files), "extra captures " + files + " are not there");
        var softly = new SoftAssertions();
        for (String name : EXTRA) {
            var capture = List.of(files.resolve(name));
            softly.assertThat(topic(capture)).as(name).containsExactlyInAnyOrderElementsOf(script(capture));
        }
        softly.assertAll();
    }
}
