/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.ingest.CaptureImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts capture files into a running system. */
@Command(
        name = "import",
        description = "Put the SIP of capture files (pcap, pcapng, also by gzip) into a running system, with their"
                + " recorded times. Folders are searched for such files.")
final class ImportCommand implements Callable<Integer> {

    private static final Pattern CAPTURE = Pattern.compile(".*\\.(pcap|pcapng|cap)\\d*(\\.gz)?");

    private static final Pattern RECEIVING = Pattern.compile("RHAPSODE_(HEP|CAPTURE|AGENTS)");

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "capture file, or folder with capture files")
    private List<Path> paths;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka of the running system, 127.0.0.1:9092 if not given (RHAPSODE_KAFKA)")
    private String kafka;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "capture node to file it under, the file's name if not given")
    private String node;

    private final Map<String, Long> leftOut = new TreeMap<>();
    private final Map<String, Long> incomplete = new TreeMap<>();
    private final List<String> troubles = new ArrayList<>();
    private long frames;
    private long messages;
    private long rtcp;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Main.leaveConnectionsOut();
        List<Path> files = files();
        Map<String, String> environment = environment();
        long begin = System.nanoTime();
        try (var running = CaptureImport.open(environment, StandaloneConfig.names())) {
            for (int i = 0; i < files.size(); i++) {
                take(running, files.get(i), "%d/%d %s".formatted(i + 1, files.size(), files.get(i)));
            }
            return sum(running.finish(), files.size(), (System.nanoTime() - begin) / 1e9);
        } catch (IllegalStateException e) {
            throw new StartRefused("Nothing was imported, for Kafka is not there, at "
                    + environment.getOrDefault("RHAPSODE_KAFKA", "127.0.0.1:9092") + ": " + e.getMessage() + ".");
        }
    }

    /** Without what tells a gateway from where and from whom to take packets. */
    private Map<String, String> environment() {
        var environment = new HashMap<>(System.getenv());
        environment.keySet().removeIf(name -> RECEIVING.matcher(name).lookingAt());
        if (environment.containsKey("RHAPSODE_KAFKA_PORT")) {
            environment.putIfAbsent("RHAPSODE_KAFKA", "127.0.0.1:" + environment.get("RHAPSODE_KAFKA_PORT"));
        }
        if (kafka != null) {
            environment.put("RHAPSODE_KAFKA", kafka);
        }
        StandaloneConfig.removeElsewhere(environment);
        return environment;
    }

    private List<Path> files() throws IOException {
        var files = new ArrayList<Path>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.walk(path)) {
                    inside.filter(file -> CAPTURE.matcher(file.toString()).matches() && Files.isRegularFile(file))
                            .sorted()
                            .forEach(files::add);
                }
            } else {
                files.add(path);
            }
        }
        if (files.isEmpty()) {
            throw new StartRefused("There is no capture file in " + paths + ".");
        }
        return files;
    }

    private void take(CaptureImport running, Path file, String title) {
        if (!Files.isReadable(file)) {
            troubles.add(file + ": cannot be read");
            return;
        }
        try (var bar = new ProgressBar(title, file.toFile().length())) {
            String name = node == null ? file.getFileName().toString() : node;
            var report = running.file(file, name, bar::at);
            bar.done("%,d frames, %,d SIP messages, %,d of RTCP"
                    .formatted(report.frames(), report.messages(), report.rtcp()));
            frames += report.frames();
            messages += report.messages();
            rtcp += report.rtcp();
            report.leftOut().forEach((reason, count) -> leftOut.merge(reason, count, Long::sum));
            report.incomplete().forEach((reason, count) -> incomplete.merge(reason, count, Long::sum));
            report.trouble().ifPresent(trouble -> troubles.add(file + ": " + trouble));
        }
    }

    private int sum(CaptureImport.Totals totals, int files, double seconds) {
        System.out.printf(
                "%,d frames in %d %s, %,d SIP messages and %,d of RTCP in them; %,d confirmed by Kafka in %.1f s.%n",
                frames, files, files == 1 ? "file" : "files", messages, rtcp, totals.sent(), seconds);
        list("Frames without a message of their own", leftOut);
        list("Not captured whole", incomplete);
        list("Lost on the way to Kafka", totals.failed());
        troubles.forEach(trouble -> System.out.println("Not usable: " + trouble));
        return troubles.isEmpty() && totals.failed().isEmpty() ? 0 : 1;
    }

    private static void list(String title, Map<String, Long> reasons) {
        if (!reasons.isEmpty()) {
            System.out.println(title + ": "
                    + reasons.entrySet().stream()
                            .map(reason -> "%,d %s".formatted(reason.getValue(), reason.getKey()))
                            .collect(Collectors.joining(", ")));
        }
    }
}
