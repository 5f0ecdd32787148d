package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.Snapshot;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.disk.DurableFiles;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;

/**
 * Snapshots on disk: one file each and its MD5 beside it, in Ratis' {@code sm} directory, in which
 * nothing else may live because installing a snapshot replaces it as a whole.
 */
final class SnapshotFiles {
  private static final Pattern LOG_FILE = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");

  private final SnapshotCodec codec;
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();

  SnapshotFiles(SnapshotCodec codec) {
    this.codec = codec;
  }

  StateMachineStorage storage() {
    return storage;
  }

  /**
   * Looks at what there is.
   *
   * @throws StorageException if the log begins behind the newest snapshot: then what was purged
   *     from it is nowhere, and Ratis would go on without it
   */
  void open(RaftStorage raftStorage) throws IOException {
    Path sm = raftStorage.getStorageDir().getStateMachineDir().toPath();
    storage.init(raftStorage);
    for (Path file : DurableFiles.children(sm)) {
      if (file.toString().endsWith(".tmp")) {
        DurableFiles.delete(file);
      }
    }
    SingleFileSnapshotInfo latest = storage.loadLatestSnapshot();
    long covered = latest == null ? -1 : latest.getIndex();
    Path logDir = raftStorage.getStorageDir().getCurrentDir().toPath();
    OptionalLong first = firstLogged(logDir);
    if (first.isPresent() && first.getAsLong() > covered + 1) {
      throw new StorageException(
          Cause.STORAGE,
          "The log in "
              + logDir
              + " begins at entry "
              + first.getAsLong()
              + ", but the snapshot of what was before it is missing (the newest is of entry "
              + covered
              + "). Empty this member's data directory: it gets its data from the others, which are"
              + " not affected.");
    }
  }

  private static OptionalLong firstLogged(Path logDir) throws IOException {
    try (Stream<Path> files = Files.list(logDir)) {
      return files
          .map(file -> LOG_FILE.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .mapToLong(match -> Long.parseLong(match.group(1)))
          .min();
    }
  }

  /** Writes a snapshot; it is durable when this returns. */
  void save(Snapshot snapshot) throws IOException {
    File place = storage.getSnapshotFile(snapshot.term(), snapshot.index());
    MessageDigest digest = MD5FileUtil.newMD5();
    Path temporary =
        DurableFiles.prepare(
            place.toPath(), out -> codec.write(new DigestOutputStream(out, digest), snapshot));
    MD5Hash md5 = MD5Hash.newInstance(digest.digest());
    // The checksum first: Ratis would take a snapshot without one for the newest.
    MD5FileUtil.saveMD5File(place, md5);
    DurableFiles.publish(temporary, place.toPath());
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(
            new FileInfo(place.toPath(), md5),
            TermIndex.valueOf(snapshot.term(), snapshot.index())));
  }

  /**
   * The newest snapshot on disk, not the one that Ratis' storage remembers: a snapshot may just
   * have been installed.
   *
   * @throws StorageException if it is damaged or needs a newer build
   */
  Optional<Snapshot> loadLatest() throws IOException {
    SingleFileSnapshotInfo latest = storage.loadLatestSnapshot();
    if (latest == null) {
      return Optional.empty();
    }
    File file = latest.getFile().getPath().toFile();
    verify(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file.toPath()), 1 << 16)) {
      Snapshot snapshot = codec.read(in);
      if (snapshot.index() != latest.getIndex() || snapshot.term() != latest.getTerm()) {
        throw damaged(file, "it is of entry " + snapshot.index() + ", not what its name says");
      }
      return Optional.of(snapshot);
    } catch (UndecodableException e) {
      throw new StorageException(
          Cause.OTHER,
          "The snapshot " + file + " cannot be read: " + e.getMessage() + ". Nothing was changed.",
          e);
    }
  }

  /** Ratis' own check compares two stored checksums and never looks at the data. */
  private static void verify(File file) throws IOException {
    MD5Hash stored = MD5FileUtil.readStoredMd5ForFile(file);
    if (stored == null) {
      throw damaged(file, "its checksum file " + file.getName() + ".md5 is missing");
    }
    MD5Hash actual = MD5FileUtil.computeMd5ForFile(file);
    if (!actual.equals(stored)) {
      throw damaged(file, "its MD5 is " + actual + ", it was written with " + stored);
    }
  }

  private static StorageException damaged(File file, String how) {
    return new StorageException(
        Cause.STORAGE,
        "The snapshot "
            + file
            + " is damaged: "
            + how
            + ". Check the disk, then empty this member's data directory: it gets its data from the"
            + " others, which are not affected.");
  }
}
