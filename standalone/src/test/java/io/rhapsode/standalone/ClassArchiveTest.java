/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.standalone.ClassArchive.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    /** With nothing in it. */
    private static final byte[] EMPTY_JAR = {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final String SLEEPER =
            "class Sleeper { public static void main(String[] a) throws Exception { System.out.println(1); System.in.read(); } }";

    @TempDir
    private Path folder;

    private Path jars;
    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        jars = Files.createDirectories(folder.resolve("lib"));
        jar = Files.write(jars.resolve("some.jar"), EMPTY_JAR);
    }

    private ClassArchive archive() throws IOException {
        return ClassArchive.of(folder, "server", List.of(jars));
    }

    @Test
    void whatAProgramWritesTheNextOneIsStartedWith() throws Exception {
        var first = archive();
        assertThat(first.state()).isEqualTo(State.MISSING);
        Path source = Files.writeString(folder.resolve("Sleeper.java"), SLEEPER);
        var process = new ProcessBuilder(java(), first.options().get(0), source.toString()).start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo('1');
            assertThat(first.write(process.pid()).await(ClassArchive.WRITE_LIMIT))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(first.isMissing()).isFalse();
        assertThat(archive().options()).contains("-XX:SharedArchiveFile=" + first.file());
        assertThat(folder).isDirectoryNotContaining(file -> file.toString().contains(".jsa."));
    }

    @Test
    void aProgramThatIsGoneLeavesNothingBehind() throws Exception {
        var process = new ProcessBuilder(java(), "-version").start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(archive().write(process.pid()).await(ClassArchive.WRITE_LIMIT))
                .isFalse();
        assertThat(archive().state()).isEqualTo(State.MISSING);
    }

    @Test
    void aYoungerJarIsTheEndOfIt() throws IOException {
        Path file = Files.createFile(archive().file());
        assertThat(archive().state()).isEqualTo(State.THERE);
        var later = Files.getLastModifiedTime(file).toMillis() + 1_000;
        Files.setLastModifiedTime(jar, FileTime.fromMillis(later));
        assertThat(archive().state()).isEqualTo(State.MISSING);
        assertThat(file).doesNotExist();
    }

    @Test
    void ofClassesInAFolderThereIsNone() throws IOException {
        Files.createDirectory(jars.resolve("classes"));
        assertThat(archive().options()).isEmpty();
        assertThat(archive().isMissing()).isFalse();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
