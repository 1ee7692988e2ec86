/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;

/**
 * One Kafka broker that is its own controller, in a process of its own. Formats its folder the first time.
 *
 * <pre>{@code java -Xmx384m -cp 'target/lib/*' io.rhapsode.kafka.KafkaServer server.properties}</pre>
 */
public final class KafkaServer {

    private KafkaServer() {}

    /** @param arguments the properties file of the broker, with one folder in {@code log.dirs} */
    public static void main(String[] arguments) throws Exception {
        String file = arguments[0];
        Path folder = Path.of(Utils.loadProps(file).getProperty("log.dirs"));
        if (!Files.exists(folder.resolve("meta.properties"))) {
            String[] format = {
                "format", "--config", file, "--cluster-id", Uuid.randomUuid().toString()
            };
            if (StorageTool.execute(format, System.out) != 0) {
                throw new IllegalStateException("cannot format " + folder);
            }
        }
        Kafka.main(new String[] {file});
    }
}
