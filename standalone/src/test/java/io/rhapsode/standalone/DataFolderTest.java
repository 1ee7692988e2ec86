/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    Path folder;

    @Test
    void isRefusedWhileHeldAndFreeAfterwards() throws IOException {
        try (var held = DataFolder.open(folder)) {
            assertThat(held.path()).isEqualTo(folder);
            assertThatThrownBy(() -> DataFolder.open(folder))
                    .isInstanceOf(StartRefused.class)
                    .hasMessage(
                            "The data folder %s is in use by process %d.",
                            folder, ProcessHandle.current().pid());
        }
        DataFolder.open(folder).close();
    }

    @Test
    void aLockFileLeftByADeadProcessMeansNothing() throws IOException {
        Files.writeString(folder.resolve("lock"), "999999999999");
        DataFolder.open(folder).close();
        assertThat(folder.resolve("lock"))
                .content()
                .isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void aNameThatWouldBeTwoFoldersIsRefused() {
        assertThatThrownBy(() -> DataFolder.open(folder.resolve("a,b")))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("a comma");
    }

    @Test
    void aFileInItsPlaceIsRefusedInASentence() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("cannot be used");
    }
}
