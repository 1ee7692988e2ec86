/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    @TempDir
    Path folder;

    @Test
    void twoFilesAtMostHoweverMuchIsWritten() throws IOException {
        Path path = folder.resolve("logs/x.log");
        try (var log = new LogFile(path, 1000)) {
            for (int i = 0; i < 1000; i++) {
                write(log, "line " + i + "\n");
            }
            assertThat(log.tail(2)).containsExactly("line 998", "line 999");
        }
        try (var files = Files.list(path.getParent())) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(2).allSatisfy(file -> assertThat(Files.size(file))
                    .isBetween(1L, 1000L));
        }
    }

    @Test
    void theTailReachesBackIntoTheOlderFile() throws IOException {
        try (var log = new LogFile(folder.resolve("x.log"), 20)) {
            write(log, "first\nsecond\n");
            write(log, "third, after the turn\n");
            assertThat(log.tail(2)).containsExactly("second", "third, after the turn");
        }
    }

    @Test
    void aSecondRunWritesOnWhereTheFirstStopped() throws IOException {
        Path path = folder.resolve("x.log");
        for (String run : List.of("first\n", "second\n")) {
            try (var log = new LogFile(path, 1000)) {
                write(log, run);
            }
        }
        assertThat(path).content().isEqualTo("first\nsecond\n");
    }

    @Test
    void aDiskThatIsFullLosesTextButNotTheWriter() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no /dev/full here");
        Path path = folder.resolve("x.log");
        Files.createSymbolicLink(path, full);
        try (var log = new LogFile(path, 1000)) {
            write(log, "lost\n");
            write(log, "lost too\n");
            assertThat(log.lost()).isEqualTo(14);
        }
    }

    private static void write(LogFile log, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        log.write(bytes, 0, bytes.length);
    }
}
