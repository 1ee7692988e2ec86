/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The classes of a program as its JVM has them in memory, kept for later starts, which are quicker with them
 * (class data sharing, JEP 350). They are written when a program that was started without them is about to end.
 *
 * @param file its place; of one JVM and these jars
 * @param state what there is to do
 */
record ClassArchive(Path file, State state) {

    /** What the script that starts the services says of theirs: the file's place. */
    static final String OF_THIS_PROCESS = "rhapsode.class.archive";

    /** In this time a program, which stands still for it, has to be done. */
    static final Duration WRITE_LIMIT = Duration.ofSeconds(20);

    private static final ClassArchive NONE = new ClassArchive(Path.of(""), State.IMPOSSIBLE);

    enum State {
        THERE,
        MISSING,
        IMPOSSIBLE
    }

    /**
     * The archive of a program; one that is older than a jar is deleted, for the JVM does not use it.
     *
     * @param folder for it
     * @param classPath jars, and folders of jars
     */
    static ClassArchive of(Path folder, String name, List<Path> classPath) throws IOException {
        List<Path> jars = jars(classPath);
        if (!Files.isWritable(folder)
                || !Files.isExecutable(jcmd())
                || !jars.stream().allMatch(Files::isRegularFile)) {
            return NONE;
        }
        Path file = folder.resolve(name + "-" + Runtime.version() + ".jsa");
        if (Files.exists(file) && isOlder(file, jars)) {
            Files.deleteIfExists(file);
        }
        return new ClassArchive(file, Files.exists(file) ? State.THERE : State.MISSING);
    }

    /** That of the program this is, if whoever started it wants it. */
    static ClassArchive ofThisProcess() {
        String file = System.getProperty(OF_THIS_PROCESS);
        if (file == null) {
            return NONE;
        }
        return new ClassArchive(Path.of(file), Files.exists(Path.of(file)) ? State.THERE : State.MISSING);
    }

    private static List<Path> jars(List<Path> classPath) throws IOException {
        var jars = new ArrayList<Path>();
        for (Path each : classPath) {
            if (Files.isDirectory(each)) {
                try (var files = Files.list(each)) {
                    files.forEach(jars::add);
                }
            } else {
                jars.add(each);
            }
        }
        return jars;
    }

    private static boolean isOlder(Path file, List<Path> jars) throws IOException {
        FileTime written = Files.getLastModifiedTime(file);
        for (Path jar : jars) {
            if (Files.getLastModifiedTime(jar).compareTo(written) > 0) {
                return true;
            }
        }
        return false;
    }

    private static Path jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd");
    }

    /** For the JVM of the program. What it logs is about single classes that cannot be kept, and no news to anybody. */
    List<String> options() {
        return switch (state) {
            case THERE -> List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off");
            case MISSING -> List.of("-XX:+RecordDynamicDumpInfo", "-Xlog:cds*=off");
            case IMPOSSIBLE -> List.of();
        };
    }

    boolean isMissing() {
        return state == State.MISSING && Files.notExists(file);
    }

    /** Has a program write it that was started with these options. */
    Writing write(long pid) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + "." + pid);
        var command = List.of(jcmd().toString(), Long.toString(pid), "VM.cds", "dynamic_dump", unfinished.toString());
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Writing(process, unfinished, file);
    }

    /** An archive that is being written. */
    record Writing(Process process, Path unfinished, Path file) {

        /** False if it did not come about, which costs nothing but time at the next start. */
        boolean await(Duration limit) throws IOException, InterruptedException {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            process.destroy();
            if (!ended || process.exitValue() != 0 || Files.notExists(unfinished)) {
                Files.deleteIfExists(unfinished);
                return false;
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }
}
