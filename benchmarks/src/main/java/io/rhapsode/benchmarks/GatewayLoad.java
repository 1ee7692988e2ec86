/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/**
 * HEP into the gateway and on to a local Kafka with acks=all. The generator is another process, held to the last core;
 * the gateway's JVM is new, and its first packet counts.
 */
abstract class GatewayLoad implements Callable<Integer> {

    /** What has to be taken without a loss, packets a second. */
    private static final int FLOOR = 150_000;

    private static final int STEP = 10_000;
    private static final int STEP_SECONDS = 10;

    @Option(names = "--rate", description = "Packets a second; if not given, 150,000 and then ever more.")
    private Integer rate;

    @Option(names = "--seconds", defaultValue = "60", description = "How long (default ${DEFAULT-VALUE}).")
    private int seconds;

    private final String transport;

    GatewayLoad(String transport) {
        this.transport = transport;
    }

    /** One run: what was sent, and what became of it. */
    private record Run(
            long sent, double perSecond, long received, long dropped, long confirmed, double cpu, double kafka) {

        long lost() {
            return sent - confirmed;
        }
    }

    @Override
    public Integer call() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start()) {
            boolean search = rate == null;
            Run first = run(gateway, search ? FLOOR : rate, seconds);
            double[] pauses = gateway.pauses();
            Run best = first;
            for (int next = FLOOR + STEP; search && best.lost() == 0; next += STEP) {
                Run run = run(gateway, next, STEP_SECONDS);
                // A generator that cannot send more is the end, too.
                if (run.lost() > 0 || run.perSecond < best.perSecond + STEP / 4.0) {
                    break;
                }
                best = run;
            }
            print(first, best, pauses);
            return first.lost() == 0 ? 0 : 1;
        }
    }

    private void print(Run first, Run best, double[] pauses) {
        new Result("gateway-" + transport, best.lost() == 0 ? best.perSecond : 0, "packets/s")
                .with("lost", first.lost())
                .with("sent", first.sent)
                .with("received", first.received)
                .with("confirmed", first.confirmed)
                .with("kernel_drops", first.dropped)
                .with("rate", first.perSecond)
                .with("seconds", seconds)
                .with("gateway_cpu_percent", first.cpu)
                .with("kafka_cpu_percent", first.kafka)
                .with("gc_pauses", pauses.length)
                .with("gc_pause_p99_ms", pauses.length == 0 ? 0 : pauses[(int) (pauses.length * 0.99)])
                .with("gc_pause_longest_ms", pauses.length == 0 ? 0 : pauses[pauses.length - 1])
                .print();
    }

    private Run run(GatewayProcess gateway, int packetsPerSecond, int forSeconds) throws Exception {
        Map<String, Long> before = gateway.packets();
        double cpu = gateway.cpuSeconds();
        double kafkaCpu = gateway.kafkaCpuSeconds();
        String[] told = generate(gateway, packetsPerSecond, forSeconds).strip().split(" ");
        long sent = Long.parseLong(told[0]);
        double took = Double.parseDouble(told[2]);
        Map<String, Long> after = settled(gateway, before, sent);
        var run = new Run(
                sent,
                sent / took,
                more(before, after, "received"),
                more(before, after, "dropped"),
                more(before, after, "sent"),
                100 * (gateway.cpuSeconds() - cpu) / took,
                100 * (gateway.kafkaCpuSeconds() - kafkaCpu) / took);
        System.out.printf(
                "%,9.0f/s for %.1f s (%d bytes each): sent %,d, received %,d, dropped by the kernel %,d, failed %,d, in"
                        + " Kafka %,d; gateway %.0f %%, Kafka %.0f %% of a core%n",
                run.perSecond,
                took,
                Long.parseLong(told[1]) / Math.max(1, sent),
                sent,
                run.received,
                run.dropped,
                more(before, after, "failed"),
                run.confirmed,
                run.cpu,
                run.kafka);
        return run;
    }

    private String generate(GatewayProcess gateway, int packetsPerSecond, int forSeconds)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
            int last = Runtime.getRuntime().availableProcessors() - 1;
            command.addAll(List.of("/usr/bin/taskset", "-c", Integer.toString(last)));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                HepLoad.class.getName(),
                transport,
                Integer.toString(gateway.port(transport)),
                Integer.toString(packetsPerSecond),
                Integer.toString(forSeconds),
                gateway.certificate().toString()));
        Process generator = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String told = new String(generator.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (generator.waitFor() != 0) {
            throw new IOException("the generator failed");
        }
        return told;
    }

    /** Waits until all that was sent has met its fate, or nothing has changed for three seconds. */
    private static Map<String, Long> settled(GatewayProcess gateway, Map<String, Long> before, long sent)
            throws IOException, InterruptedException {
        Map<String, Long> now = gateway.packets();
        long changed = System.nanoTime();
        while (more(before, now, "sent") < sent && System.nanoTime() - changed < 3_000_000_000L) {
            Thread.sleep(100);
            Map<String, Long> next = gateway.packets();
            changed = next.equals(now) ? changed : System.nanoTime();
            now = next;
        }
        return now;
    }

    private static long more(Map<String, Long> before, Map<String, Long> after, String outcome) {
        return after.getOrDefault(outcome, 0L) - before.getOrDefault(outcome, 0L);
    }
}
