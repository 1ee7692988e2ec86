/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.SipMessages;
import io.rhapsode.wire.MalformedPacket;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run of Jazzer in a JVM of its own: it ends its JVM at the first finding.
 *
 * @param executions how many inputs were tried
 * @param found true if one of them did what none may
 * @param output of Jazzer
 */
record FuzzRun(long executions, boolean found, String output) {

    /** An input that takes longer hangs, whatever else the machine does; FuzzEntry bounds what it may really take. */
    private static final int TIMEOUT_SECONDS = 30;

    /** For the start of Jazzer and what it does at its end. */
    private static final int MORE_SECONDS = 180;

    private static final Pattern DONE = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");

    /**
     * Fuzzes for so many seconds.
     *
     * @param folder for the inputs that reach new code, from which a later run goes on, and for what was found
     */
    static FuzzRun of(FuzzTarget target, long seconds, Path folder) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve(target.name().toLowerCase(Locale.ROOT)));
        int number = 0;
        for (byte[] seed : target.seeds()) {
            Files.write(corpus.resolve("seed-" + number++), seed);
        }
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                classPath(),
                "-D" + FuzzEntry.TARGET + "=" + target,
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzEntry.class.getName(),
                "--instrumentation_includes=io.rhapsode.wire.**",
                "--custom_hook_includes=io.rhapsode.wire.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + seconds,
                "-timeout=" + TIMEOUT_SECONDS,
                "-max_len=8192",
                "-print_final_stats=1",
                corpus.toString()));
        Path log = folder.resolve(target + ".log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            process.waitFor(seconds + MORE_SECONDS, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
        int code = process.waitFor();
        String output = Files.readString(log);
        Matcher done = DONE.matcher(output);
        return new FuzzRun(done.find() ? Long.parseLong(done.group(1)) : 0, code != 0, output);
    }

    /** What the targets need: Jazzer looks through all there is at each start, the services' jars for seconds. */
    private static String classPath() {
        var needed = Stream.of(
                        FuzzEntry.class, MalformedPacket.class, SipMessages.class, RawPacket.class, ByteString.class)
                .map(FuzzRun::place)
                .collect(Collectors.toSet());
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(each ->
                        needed.contains(each) || each.getFileName().toString().startsWith("jazzer"))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path place(Class<?> known) {
        return Path.of(URI.create(
                known.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
