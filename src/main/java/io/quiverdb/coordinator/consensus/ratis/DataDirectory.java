package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.disk.DurableFiles;
import io.quiverdb.coordinator.disk.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A member's data directory, locked against a second process: {@code lock}, {@code identity.json}
 * and, below {@code raft}, what Ratis keeps. Thread-safe.
 */
final class DataDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel lockChannel;
  private volatile Identity identity;

  private DataDirectory(Path root, FileChannel lockChannel, Identity identity) {
    this.root = root;
    this.lockChannel = lockChannel;
    this.identity = identity;
  }

  /**
   * Locks the directory and finds out whose it is; an empty one becomes this member's.
   *
   * @throws StorageException if it is in use, somebody else's, damaged, or has lost its log
   */
  static DataDirectory open(RatisSettings settings) throws StorageException {
    Path root = settings.dataDir();
    FileChannel channel = null;
    try {
      PrivateFiles.createDirectories(root);
      channel = lock(root);
      Identity identity = identify(root, settings);
      DataDirectory directory = new DataDirectory(root, channel, identity);
      channel = null;
      return directory;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw new StorageException(
          Cause.STORAGE,
          "The data directory "
              + root
              + " cannot be used: "
              + e
              + ". Check its owner and its disk.",
          e);
    } finally {
      release(channel);
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    Path file = root.resolve("lock");
    FileChannel channel =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // held within this process
    }
    if (lock == null) {
      String holder = Files.readString(file, StandardCharsets.UTF_8).strip();
      release(channel);
      throw new StorageException(
          Cause.OTHER,
          "The data directory "
              + root
              + " is in use by another process"
              + (holder.isEmpty() ? "" : " (pid " + holder + ")")
              + ". Two members never share one: stop the other process, or give this member a"
              + " node.data_dir of its own.");
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)),
        0);
    return channel;
  }

  private static Identity identify(Path root, RatisSettings settings) throws IOException {
    Path file = root.resolve("identity.json");
    Path raft = root.resolve("raft");
    if (!Files.exists(file)) {
      if (!isEmpty(raft)) {
        throw new StorageException(
            Cause.STORAGE,
            raft
                + " holds a log, but "
                + file
                + " is missing, so it cannot be told whose it is. Restore the whole data directory,"
                + " or empty it: this member then gets its data from the others.");
      }
      Identity fresh = Identity.fresh(settings);
      DurableFiles.write(file, fresh.toBytes());
      return fresh;
    }
    Identity identity = read(file);
    checkOwner(identity, root, settings);
    checkStorage(identity, raft);
    return identity;
  }

  private static Identity read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return Identity.parse(bytes);
    } catch (IOException e) {
      throw new StorageException(
          Cause.STORAGE,
          file
              + " is damaged: "
              + e.getMessage()
              + ". Empty the data directory: this member then gets its data from the others.",
          e);
    }
  }

  private static void checkOwner(Identity identity, Path root, RatisSettings settings)
      throws StorageException {
    if (!identity.ensemble().equals(settings.ensemble())) {
      throw new StorageException(
          Cause.STORAGE,
          foreign(
              root, "of the ensemble", identity.ensemble(), settings.ensemble(), "ensemble.name"));
    }
    if (!identity.memberId().equals(settings.memberId())) {
      throw new StorageException(
          Cause.STORAGE,
          foreign(root, "of the member", identity.memberId(), settings.memberId(), "node.id"));
    }
  }

  private static String foreign(Path root, String of, String theirs, String ours, String key) {
    return "The data directory "
        + root
        + " is "
        + of
        + " \""
        + theirs
        + "\", but "
        + key
        + " is \""
        + ours
        + "\". Correct "
        + key
        + " or node.data_dir; if the old data is not needed, empty the directory.";
  }

  private static void checkStorage(Identity identity, Path raft) throws IOException {
    Path group = raft.resolve(identity.groupId());
    Path log = group.resolve("current");
    Path meta = log.resolve("raft-meta");
    if (identity.formatted() && !Files.exists(meta)) {
      throw vanished(raft, meta + " is missing");
    }
    // Ratis would start with nothing, and vote as if nothing had ever been logged.
    if (identity.logged() && !holds(log, "log_") && !holds(group.resolve("sm"), "snapshot.")) {
      throw vanished(raft, "neither a log nor a snapshot is there");
    }
  }

  private static StorageException vanished(Path raft, String how) {
    return new StorageException(
        Cause.STORAGE,
        "The log below "
            + raft
            + " has vanished: "
            + how
            + ", although this member had data. Is a disk not mounted? If the data is"
            + " lost, empty the whole data directory: this member then gets its data from the"
            + " others.");
  }

  private static boolean holds(Path directory, String prefix) throws IOException {
    if (!Files.exists(directory)) {
      return false;
    }
    try (Stream<Path> content = Files.list(directory)) {
      return content.anyMatch(file -> String.valueOf(file.getFileName()).startsWith(prefix));
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    try (Stream<Path> content = Files.list(directory)) {
      return content.findAny().isEmpty();
    }
  }

  Path root() {
    return root;
  }

  /** Where Ratis keeps its log and snapshots. */
  Path raftDir() throws IOException {
    return PrivateFiles.createDirectories(root.resolve("raft"));
  }

  Identity identity() {
    return identity;
  }

  /** Changes the identity; it is on disk when this returns. */
  synchronized Identity change(UnaryOperator<Identity> step) throws IOException {
    Identity next = step.apply(identity);
    if (!next.equals(identity)) {
      DurableFiles.write(root.resolve("identity.json"), next.toBytes());
      identity = next;
    }
    return next;
  }

  @Override
  public void close() {
    release(lockChannel);
  }

  private static void release(@Nullable FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of a data directory cannot be closed", e);
    }
  }
}
