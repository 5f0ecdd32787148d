// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.codec.JsonValues;

/**
 * An alarm that holds.
 *
 * @param sinceMillis since when, as far as this member has looked; of its wall clock
 */
public record RaisedAlarm(Alarm alarm, long sinceMillis) {
  /** Writes it as operators see it. */
  public void write(ObjectNode body) {
    body.put("code", alarm.code())
        .put("severity", alarm.severity())
        .put("since", JsonValues.time(sinceMillis))
        .put("detail", alarm.detail());
  }

  /** Whether both are about the same, whatever their details say. */
  public boolean isSame(RaisedAlarm other) {
    return alarm.code().equals(other.alarm.code()) && alarm.about().equals(other.alarm.about());
  }
}
