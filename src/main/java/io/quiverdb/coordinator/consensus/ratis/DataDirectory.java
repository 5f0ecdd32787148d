// SPDX-License-Identifier: Apache-2.0
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
   * Locks the directory and reads which member it belongs to. An empty directory becomes this
   * member's.
   *
   * @throws StorageException if it is in use, belongs to another member, is damaged, or has lost
   *     its log
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
      throw StartFailure.of("The data directory " + root + " cannot be used", e);
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
      if (!DurableFiles.children(raft).isEmpty()) {
        throw StorageException.damaged(
            raft
                + " holds a log, but "
                + file
                + " is missing, so its member is unknown. Restore the file if you can.",
            null);
      }
      Identity fresh = Identity.fresh(settings);
      DurableFiles.write(file, fresh.toBytes());
      return fresh;
    }
    Identity identity = read(file);
    checkOwner(identity, root, settings);
    if (identity.standing() == Identity.Standing.REMOVED) {
      throw new StorageException(Cause.REMOVED, identity.removal());
    }
    checkStorage(identity, raft);
    return identity;
  }

  private static Identity read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return Identity.parse(bytes);
    } catch (IOException e) {
      throw StorageException.damaged(file + " is damaged: " + e.getMessage() + ".", e);
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
    if (Files.exists(meta)) {
      Installation.tidy(group, group.resolve("sm"));
    }
    checkReach(identity, log, SnapshotFiles.newestIndex(group.resolve("sm")));
    // Must run before Ratis reads the log: Ratis counts all that it reads as being on the disk.
    LogFiles.rewriteLast(log);
  }

  /** Ratis would start with the rest of the log, and vote as if nothing else had been logged. */
  private static void checkReach(Identity identity, Path log, long snapshot) throws IOException {
    if (snapshot >= identity.reached()) {
      return;
    }
    long reached = Math.max(snapshot, LogFiles.reachOf(log, identity.reached()));
    if (reached < identity.reached()) {
      throw vanished(
          log,
          "it ends "
              + (reached < 0 ? "before its first entry" : "with entry " + reached)
              + ", but entry "
              + identity.reached()
              + " was on this disk");
    }
  }

  private static StorageException vanished(Path raft, String how) {
    return StorageException.damaged(
        "The log below "
            + raft
            + " has vanished, or a part of it: "
            + how
            + ". This member may not vote without what it acknowledged. Is a disk not"
            + " mounted, or were files deleted or put back? Restore them if you can.",
        null);
  }

  Path root() {
    return root;
  }

  /** Where Ratis keeps the log and the snapshots of this member's group. */
  Path groupDir() {
    return root.resolve("raft").resolve(identity.groupId());
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
    if (!lockChannel.isOpen()) {
      throw new IOException("the data directory " + root + " is closed");
    }
    Identity next = step.apply(identity);
    if (!next.equals(identity)) {
      DurableFiles.write(root.resolve("identity.json"), next.toBytes());
      identity = next;
    }
    return next;
  }

  /** Releases the lock. Nothing is written to the directory afterwards. */
  @Override
  public synchronized void close() {
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
