/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDatagram;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import io.rhapsode.wire.sip.SipMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Messages of many phones, proxies and networks: all SIP over UDP in the captures of a folder, of each capture the
 * first {@link #OF_EACH}, shuffled. The folder is that of RHAPSODE_EXTRA_CAPTURES, or ../shared/data, or else demo.
 */
final class CaptureMix {
    private static final int OF_EACH = 500;
    private static final int UDP = 17;
    private static final long SEED = 3261;

    private CaptureMix() {}

    static Path folder() {
        return Stream.of(
                        Optional.ofNullable(System.getenv("RHAPSODE_EXTRA_CAPTURES"))
                                .orElse("../shared/data"),
                        "demo")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no folder of captures; run this in the project's folder"));
    }

    static List<byte[]> messages() throws IOException {
        var messages = new ArrayList<byte[]>();
        try (Stream<Path> files = Files.walk(folder())) {
            for (Path file : files.filter(CaptureMix::isCapture).sorted().toList()) {
                addMessages(file, messages);
            }
        }
        Collections.shuffle(messages, new Random(SEED));
        return messages;
    }

    private static boolean isCapture(Path file) {
        return Files.isRegularFile(file) && file.toString().matches(".*\\.(pcap|pcapng|cap)");
    }

    private static void addMessages(Path file, List<byte[]> messages) {
        int most = messages.size() + OF_EACH;
        var decoder = new IpDecoder();
        try (CaptureFile capture = CaptureFile.open(file)) {
            for (CaptureRecord record : capture) {
                if (messages.size() == most) {
                    return;
                }
                addMessage(decoder, record, messages);
            }
        } catch (IOException | UncheckedIOException broken) {
            System.out.println("read as far as it goes: " + file.getFileName() + ": " + broken.getMessage());
        }
    }

    private static void addMessage(IpDecoder decoder, CaptureRecord record, List<byte[]> messages) {
        IpDatagram datagram;
        try {
            datagram = decoder.decode(
                            record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos() / 1_000)
                    .orElse(null);
        } catch (MalformedPacket noDatagram) {
            return;
        }
        if (datagram == null || datagram.protocol() != UDP) {
            return;
        }
        int from = datagram.payloadOffset();
        if (SipMessage.looksLikeSip(datagram.bytes(), from, datagram.payloadLength())) {
            messages.add(Arrays.copyOfRange(datagram.bytes(), from, from + datagram.payloadLength()));
        }
    }
}
