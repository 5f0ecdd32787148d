// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Creates files and directories for their owner only, whatever the umask of the process. Does not
 * change the rights of existing ones. Stateless.
 */
public final class PrivateFiles {
  private static final FileAttribute<?> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFiles() {}

  /** Opens a file; if the options create it, with mode 0600. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), where(file, FILE));
  }

  /**
   * Creates a directory and its missing parents, with mode 0700; their names are on disk when this
   * returns.
   */
  public static Path createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return directory;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    // Accepts a directory that was created in the meantime, and refuses a file in its place.
    Files.createDirectories(directory, where(directory, DIRECTORY));
    DurableFiles.forceParent(directory);
    return directory;
  }

  private static FileAttribute<?>[] where(Path file, FileAttribute<?> rights) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {rights}
        : new FileAttribute<?>[0];
  }
}
