/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.schema.Topic;
import io.rhapsode.service.Settings;
import io.rhapsode.stream.StreamConfig;
import io.rhapsode.stream.StreamProcessor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A stream-processor of another generation beside the running one, until it has read what is there. */
@Command(
        name = "recompute",
        description = "Compute everything anew from the raw packets that Kafka has, beside the running system, into"
                + " topics of another generation: rhapsode.calls.v1-v2 and so on.")
final class RecomputeCommand implements Callable<Integer> {

    private static final long TOLD_EVERY_MS = 2_000;

    @Option(
            names = "--generation",
            paramLabel = "N",
            required = true,
            description = "2 or more; one that was begun goes on where it ended")
    private int generation;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka of the running system, 127.0.0.1:9092 if not given (RHAPSODE_KAFKA)")
    private String address;

    @Option(names = "--state", paramLabel = "DIR", description = "folder of the state, ./data/recompute if not given")
    private String state = "data/recompute";

    @Option(names = "--follow", description = "go on with what comes in, until Ctrl-C")
    private boolean follow;

    @Override
    public Integer call() throws InterruptedException {
        Main.leaveConnectionsOut();
        if (generation < 2) {
            throw new StartRefused("--generation wants 2 or more: 1 is the one that always ran.");
        }
        Map<String, String> environment = environment();
        var config = StreamConfig.from(environment, StandaloneConfig.names());
        Map<String, Object> kafka = Settings.read(StreamConfig.DEFINITION, StandaloneConfig.names(), environment)
                .kafka();
        try (var admin = Admin.create(kafka);
                var consumer = ReplayDeadLettersCommand.consumer(kafka)) {
            var processor = StreamProcessor.start(environment, StandaloneConfig.names());
            // Ctrl-C too commits what is done, and keeps the state for the next time.
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close, "shutdown"));
            System.out.printf("Its health and metrics: http://127.0.0.1:%d/metrics%n", processor.healthPort());
            var raw = new GroupOffsets(admin, consumer, config.application(), List.of(Topic.RAW.topicName()));
            var returns = new GroupOffsets(admin, consumer, config.application(), config.returns());
            long since = new Recomputation(processor, raw, returns, System.out::println).await();
            System.out.println(sum(since, processor.callsWithoutEnd()));
            while (follow) {
                Thread.sleep(TOLD_EVERY_MS);
            }
            return 0;
        } catch (ExecutionException | IllegalStateException | KafkaException e) {
            throw new StartRefused("Kafka does not do it: " + e.getMessage() + ".");
        }
    }

    private String sum(long since, long withoutEnd) {
        String open = withoutEnd == 0
                ? ""
                : " Calls that are open at its end: %,d, written as far as they came%s."
                        .formatted(withoutEnd, follow ? "" : "; --follow goes on with them");
        return "All of it is read and written, %,d packets came in since.%s".formatted(since, open);
    }

    private Map<String, String> environment() {
        var environment = new HashMap<>(System.getenv());
        if (environment.containsKey("RHAPSODE_KAFKA_PORT")) {
            environment.putIfAbsent("RHAPSODE_KAFKA", "127.0.0.1:" + environment.get("RHAPSODE_KAFKA_PORT"));
        }
        if (address != null) {
            environment.put("RHAPSODE_KAFKA", address);
        }
        environment.put("RHAPSODE_STREAM_GENERATION", Integer.toString(generation));
        environment.put("RHAPSODE_STREAM_STATE", state);
        environment.put("RHAPSODE_STREAM_HEALTH_PORT", "0");
        StandaloneConfig.removeElsewhere(environment);
        return environment;
    }
}
