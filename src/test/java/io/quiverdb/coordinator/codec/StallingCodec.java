// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import io.quiverdb.coordinator.command.Command;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads like this build's codec, but stands still over {@code allocate_id} until it is told on. */
public final class StallingCodec {
  private StallingCodec() {}

  /** A codec that waits for {@code goOn}, at most a minute. */
  public static EntryCodec until(CountDownLatch goOn) {
    List<WireType> types =
        EntryCodec.currentTypes().stream()
            .map(
                type ->
                    type.type() == Command.AllocateId.class
                        ? new WireType(
                            type.name(),
                            type.schema(),
                            type.sinceFormat(),
                            type.type(),
                            type.writer(),
                            fields -> {
                              stall(goOn);
                              return type.reader().read(fields);
                            })
                        : type)
            .toList();
    return new EntryCodec(Format.NEWEST, types);
  }

  private static void stall(CountDownLatch goOn) {
    try {
      if (!goOn.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("nobody told it to go on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
