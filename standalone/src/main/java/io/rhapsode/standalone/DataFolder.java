/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder with everything that outlives a run, held by one process at a time. The lock is the operating system's:
 * it goes with the process, however that ends.
 */
final class DataFolder implements AutoCloseable {

    private final Path path;
    private final FileChannel lockFile;

    private DataFolder(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /** @throws StartRefused if another process has it, naming that process, or if it cannot be written */
    static DataFolder open(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        if (path.toString().indexOf(',') >= 0) {
            throw new StartRefused(
                    "The data folder " + path + " cannot be used: Kafka and Elasticsearch take a comma in its"
                            + " name for the end of a folder's.");
        }
        try {
            Files.createDirectories(path);
            FileChannel lockFile = FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (lock(lockFile) == null) {
                String holder = read(lockFile);
                lockFile.close();
                throw new StartRefused("The data folder " + path + " is in use by process " + holder + ".");
            }
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            lockFile.truncate(0);
            lockFile.write(ByteBuffer.wrap(pid), 0);
            return new DataFolder(path, lockFile);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    static StartRefused unusable(Path folder, IOException why) {
        return new StartRefused("The data folder " + folder + " cannot be used: " + why + ".");
    }

    private static FileLock lock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String read(FileChannel lockFile) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        lockFile.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }

    Path path() {
        return path;
    }

    Path kafka() {
        return path.resolve("kafka");
    }

    Path elasticsearch() {
        return path.resolve("elasticsearch");
    }

    Path streams() {
        return path.resolve("streams");
    }

    Path spool() {
        return path.resolve("ingest-spool");
    }

    Path log(String name) {
        return path.resolve("logs").resolve(name + ".log");
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
