/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** An Elasticsearch node on loopback, in a child process. */
public final class LocalElasticsearch implements AutoCloseable {

    private static final String MAIN = "io.rhapsode.elasticsearch.ElasticsearchServer";

    /** With the folders just below: Debian has one for each kind of processor. */
    private static final List<Path> LIBRARIES = Stream.of(
                    multiarch(), "/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib", "/opt/homebrew/lib")
            .map(Path::of)
            .toList();

    private final ChildServer server;
    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private LocalElasticsearch(ChildServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts one on a free port and waits until it is there: for measurements.
     *
     * @param folder for what it keeps and says
     * @param memoryMegabytes bound of its heap
     */
    public static LocalElasticsearch start(Path folder, int memoryMegabytes) throws IOException, InterruptedException {
        var installation = Installation.find();
        var elasticsearch = start(
                installation.elasticsearchJars(),
                installation.elasticsearchHome(),
                folder.resolve("elasticsearch"),
                folder.resolve("elasticsearch.log"),
                Ports.free(),
                memoryMegabytes);
        try {
            // What is kept from before has to be read first.
            elasticsearch.awaitReady(Duration.ofMinutes(5), progress -> {});
            return elasticsearch;
        } catch (StartRefused e) {
            elasticsearch.close();
            throw e;
        }
    }

    /**
     * @param home the folder with the server's modules
     * @param folder for what the node keeps
     * @param memoryMegabytes bound of its heap
     */
    static LocalElasticsearch start(Path jars, Path home, Path folder, Path log, int port, int memoryMegabytes)
            throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path natives = Files.createDirectories(folder.resolve("native"));
        linkZstd(natives);
        var options = List.of(
                "-Xmx" + memoryMegabytes + "m",
                "-XX:MaxDirectMemorySize=128m",
                "-Djava.io.tmpdir=" + temporary,
                // The first is what it reads on Java 21 and newer, the second before.
                "-Des.nativelibs.path=" + natives,
                "-Djna.library.path=" + natives,
                "-Dlog4j2.disable.jmx=true",
                // Functions for similarity search, not published either, without which it gives up all of its native
                // code.
                "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false");
        var main = List.of(
                MAIN,
                home.toString(),
                "path.data=" + folder.resolve("data"),
                "path.logs=" + log.getParent(),
                "http.port=" + port);
        return new LocalElasticsearch(ChildServer.start("Elasticsearch", options, jars, main, log), port);
    }

    /**
     * The server compresses with the zstd library, which its own distribution brings and its jars do not. On Debian
     * that is a required package (libzstd1), only under another name.
     */
    private static void linkZstd(Path natives) throws IOException {
        Path link = natives.resolve(System.mapLibraryName("zstd"));
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, zstd());
    }

    private static Path zstd() throws IOException {
        for (Path folder : LIBRARIES) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.find(folder, 2, (file, attributes) -> isZstd(file))) {
                    Optional<Path> found = files.findFirst();
                    if (found.isPresent()) {
                        return found.get();
                    }
                } catch (UncheckedIOException e) {
                    throw new IOException("cannot look for libzstd in " + folder, e);
                }
            }
        }
        throw new StartRefused("Elasticsearch needs the library libzstd, which is not in any of " + LIBRARIES
                + ": install it, on Debian with: apt install libzstd1.");
    }

    /** Debian's folder for this processor comes first: there may be libraries for others too. */
    private static String multiarch() {
        String processor = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return "/usr/lib/" + processor + "-linux-gnu";
    }

    private static boolean isZstd(Path file) {
        String name = file.getFileName().toString();
        return name.equals("libzstd.so.1") || name.equals("libzstd.1.dylib");
    }

    void awaitReady(Duration limit, Consumer<String> progress) throws InterruptedException {
        server.awaitReady(this::isYellow, limit, progress);
    }

    /** All primary shards are there; replicas have no place on one node. */
    private boolean isYellow() {
        var request = HttpRequest.newBuilder(URI.create(url() + "/_cluster/health?wait_for_status=yellow&timeout=1s"))
                .timeout(Duration.ofSeconds(3))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Address for clients. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public long pid() {
        return server.pid();
    }

    int port() {
        return port;
    }

    ChildServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
