/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.elasticsearch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node, the real server core, for one machine. Runs in a process of its own: the jars beside it are
 * under Elastic License 2.0, SSPL or AGPL by choice, and nothing of Rhapsode is linked with them.
 *
 * <pre>{@code java -Xmx512m -cp 'target/lib/*' io.rhapsode.elasticsearch.ElasticsearchServer target/home \
 *     path.data=/tmp/es http.port=9200}</pre>
 */
public final class ElasticsearchServer {

    private ElasticsearchServer() {}

    /** @param arguments the home folder with {@code modules}, then settings as {@code name=value} */
    public static void main(String[] arguments) throws Exception {
        LogConfigurator.configureESLogging();
        var environment = new Environment(settings(arguments), null);
        var plugins = PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of(), false);
        var node = new Node(environment, plugins);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "shutdown"));
        node.start();
        // The server's own threads are daemons.
        new CountDownLatch(1).await();
    }

    private static Settings settings(String[] arguments) {
        var settings = Settings.builder()
                .put("path.home", Path.of(arguments[0]).toAbsolutePath().toString())
                .put("cluster.name", "rhapsode")
                .put("node.name", "standalone")
                .put("discovery.type", "single-node")
                .put("network.host", "127.0.0.1")
                .put("transport.port", "0")
                // In bytes: the default in percent stops indexing on a large disk that has plenty of room left.
                .put("cluster.routing.allocation.disk.watermark.low", "2gb")
                .put("cluster.routing.allocation.disk.watermark.high", "1gb")
                .put("cluster.routing.allocation.disk.watermark.flood_stage", "500mb");
        for (String setting : List.of(arguments).subList(1, arguments.length)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return settings.build();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (Exception e) {
            System.err.println("Elasticsearch did not close well: " + e);
        }
    }
}
