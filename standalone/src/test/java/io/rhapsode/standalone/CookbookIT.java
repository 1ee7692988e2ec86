/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/cookbook} on the topics of {@code rhapsode up --json-topics}. */
class CookbookIT {

    private static final Path COOKBOOK = Path.of("../docs/cookbook");
    private static final String FAILING = "     2  callee.test  503 Service Unavailable";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path data;

    @TempDir
    private Path folder;

    private static UpProcess up;
    private static String kafka;

    @BeforeAll
    static void start() throws Exception {
        up = UpProcess.start(data, RunningStandalone.settings(data), "--json-topics")
                .awaitReady();
        kafka = "127.0.0.1:" + up.kafkaPort();
        TestCalls.send(up.hepPort(), "answered", 5);
        send("failed-1", true);
        send("failed-1", false);
        send("failed-2", true);
        send("failed-2", false);
    }

    @AfterAll
    static void stop() throws IOException {
        if (up != null) {
            up.close();
        }
    }

    private static void send(String callId, boolean invite) throws IOException {
        String message = (invite ? "INVITE sip:bob@callee.test SIP/2.0" : "SIP/2.0 503 Service Unavailable")
                + "\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" + callId
                + "\r\nFrom: <sip:alice@caller.test>;tag=a\r\nTo: <sip:bob@callee.test>" + (invite ? "" : ";tag=b")
                + "\r\nCall-ID: " + callId + "\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
        byte[] datagram = TestCalls.datagram(message.getBytes(UTF_8), invite);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), up.hepPort()));
        }
    }

    /** Runs until it has printed what must be found: these programs do not end by themselves. */
    private static void finds(List<String> command) throws Exception {
        try (var program = Program.start(command)) {
            eventually(PATIENCE, () -> {
                assertThat(program.output()).contains(FAILING, "7 calls in the last 5 minutes");
                return program;
            });
        }
    }

    @Test
    void javaOnTheTopicItself() throws Exception {
        finds(List.of(
                ClassArchive.java(),
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                COOKBOOK.resolve("FailingCalls.java").toString(),
                kafka));
    }

    @Test
    void nodeOnTheJsonTwin() throws Exception {
        Program.require("node", "npm");
        for (String file : List.of("package.json", "failing-calls.mjs")) {
            Files.copy(COOKBOOK.resolve(file), folder.resolve(file));
        }
        install();
        finds(List.of("node", folder.resolve("failing-calls.mjs").toString(), kafka));
    }

    private void install() throws Exception {
        try (var npm =
                Program.start(List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString()))) {
            assumeTrue(npm.succeeds(120), "npm cannot install kafkajs here");
        }
    }
}
