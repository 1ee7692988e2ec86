/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the built parts lie.
 *
 * @param root the checkout
 */
record Installation(Path root) {

    /**
     * Looks upwards from this class.
     *
     * @throws StartRefused if the servers are not built
     */
    static Installation find() {
        for (Path folder = ownClasses(); folder != null; folder = folder.getParent()) {
            var installation = new Installation(folder);
            if (Files.isDirectory(installation.kafkaJars()) && Files.isDirectory(installation.elasticsearchJars())) {
                return installation;
            }
        }
        throw new StartRefused("Kafka and Elasticsearch are not built: run mvn package at the root of the checkout.");
    }

    /** The jar, or the folder, this class comes from. */
    static Path ownClasses() {
        try {
            return Path.of(Installation.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Path kafkaJars() {
        return root.resolve("standalone/kafka-server/target/lib");
    }

    Path elasticsearchJars() {
        return root.resolve("standalone/elasticsearch-server/target/lib");
    }

    Path elasticsearchHome() {
        return root.resolve("standalone/elasticsearch-server/target/home");
    }

    Path demoCaptures() {
        return root.resolve("demo");
    }
}
