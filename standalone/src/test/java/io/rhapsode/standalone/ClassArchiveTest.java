/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.standalone.ClassArchive.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    /** With nothing in it. */
    private static final byte[] EMPTY_JAR = {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final String GREETING =
            "class Greeting { public static void main(String[] a) { Runnable r = () -> System.out.print(\"hello\"); r.run(); } }";

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
    void ofTheClassesOfOneRunTheNextOneIsStarted() throws Exception {
        var first = archive();
        assertThat(first.state()).isEqualTo(State.MISSING);
        Path source = Files.writeString(folder.resolve("Greeting.java"), GREETING);
        assertThat(said(first, source)).isEqualTo("hello");
        assertThat(first.isMissing()).isTrue();
        assertThat(first.write(jvm(first)).await(ClassArchive.WRITE_LIMIT)).isTrue();
        assertThat(first.isMissing()).isFalse();
        assertThat(first.list()).doesNotExist();
        assertThat(folder).isDirectoryNotContaining(file -> file.toString().contains(".jsa."));

        var second = archive();
        assertThat(second.options()).contains("-XX:SharedArchiveFile=" + first.file());
        assertThat(said(second, source)).isEqualTo("hello");
    }

    @Test
    void ofOneThatCannotBeMadeThereIsNothingLeftBehind() throws Exception {
        var first = archive();
        Files.writeString(first.list(), "java/lang/Object id: none\n");
        assertThat(first.write(jvm(first)).await(ClassArchive.WRITE_LIMIT)).isFalse();
        assertThat(first.list()).doesNotExist();
        assertThat(folder).isDirectoryNotContaining(file -> file.toString().contains(".jsa"));
        assertThat(archive().state()).isEqualTo(State.MISSING);
    }

    @Test
    void aProgramThatNeverRanHasNothingToKeep() throws IOException {
        assertThat(archive().isMissing()).isFalse();
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

    private List<String> jvm(ClassArchive archive) {
        var jvm = new ArrayList<String>(List.of(ClassArchive.java(), "-XX:+UseSerialGC"));
        jvm.addAll(archive.options());
        jvm.addAll(List.of("-cp", jar.toString()));
        return jvm;
    }

    /** -Xshare:on: a JVM that cannot use its archive does not start. */
    private String said(ClassArchive archive, Path source) throws IOException, InterruptedException {
        var command = jvm(archive);
        command.addAll(List.of("-Xshare:" + (archive.state() == State.THERE ? "on" : "auto"), source.toString()));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
