// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.Format;
import io.quiverdb.coordinator.command.Command;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("realtime")
class LocalCommandLogTest {
  /** Otherwise it would lead and answer every command with 503. */
  @Test
  void aLeaderThatCanHandNothingOverEndsWithAWord() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    LocalCommandLog commands =
        new LocalCommandLog(
            LinearizableReadsTest.settings(),
            new PendingCommands(10),
            EntryCodec.current(),
            () -> Format.NEWEST,
            (cause, message) -> ended.complete(cause + ": " + message));
    try {
      commands.start(new Broken());
      var unused = commands.submit(TestEnsemble.proposal(new Command.AllocateId()));
      String message = ended.get(10, TimeUnit.SECONDS);
      assertTrue(message.startsWith("OTHER: The thread that hands commands"), message);
      assertTrue(message.contains("NoClassDefFoundError: gone"), message);
    } finally {
      commands.close();
    }
  }

  private static final class Broken implements LocalCommandLog.Log {
    @Override
    public boolean leads() {
      return true;
    }

    @Override
    public Optional<String> leaderId() {
      return Optional.empty();
    }

    @Override
    public CompletableFuture<RaftClientReply> write(long callId) {
      throw new NoClassDefFoundError("gone");
    }
  }
}
