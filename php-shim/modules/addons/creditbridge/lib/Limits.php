<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * The limits of the shim, each with its reason. Those marked "bridge" are part of bridge/README.md.
 */
final class Limits
{
    /** bridge: protocol number that this shim speaks. */
    const PROTOCOL = 1;
    /** Version of these files, told to the service in each item. */
    const VERSION = '0.1.0';

    /** bridge: no message is larger. */
    const BODY_BYTES = 262144;
    /** bridge: items in one message. */
    const BATCH_ITEMS = 100;
    /** bridge: members in `data`. */
    const DATA_MEMBERS = 64;
    /** bridge: fields are ids, amounts, statuses and flags; a longer text is none of these and stays here. */
    const FIELD_CHARACTERS = 255;
    /** bridge: seconds a signed message may be old or ahead. */
    const TOLERANCE_SECONDS = 300;
    /** An answer with a whole page fits well; more is nonsense that must not fill PHP's memory. */
    const REPLY_BYTES = 2097152;

    /** The service is near (loopback, socket) or behind https; a connection that takes longer is a service that is down. */
    const CONNECT_MS = 500;
    /** bridge: what an inline hook may cost a page. */
    const INLINE_MS = 1000;
    /** bridge: what a checkout may wait for a veto. */
    const VETO_MS = 3000;
    /** A batch of 100 is decided within this, or it is sent again later. */
    const BATCH_MS = 15000;
    /** An admin or client waits for a page no longer. */
    const PAGE_MS = 8000;
    /** One step of planning a run, a page of clients. */
    const RUN_MS = 30000;

    /** Sending after the page keeps one PHP process; no longer than this. */
    const AFTER_PAGE_SECONDS = 5;
    /** bridge: the doorbell works as long as this. */
    const DOORBELL_SECONDS = 20;
    /** bridge: AfterCronJob runs every five minutes and must end well before the next. */
    const AFTER_CRON_SECONDS = 60;
    /** bridge: what is due must be done before WHMCS captures and suspends. */
    const PRE_CRON_SECONDS = 600;
    /** The day is closed after WHMCS's own work. */
    const DAILY_CRON_SECONDS = 600;
    /** bridge: after a POST the admin sees the effect. */
    const AFTER_POST_SECONDS = 5;

    /** Commands run inside one inline hook: an invoice needs one or two. */
    const INLINE_COMMANDS = 10;
    /** No command is begun later inside an inline hook: the page is waiting. */
    const INLINE_COMMANDS_SECONDS = 5;
    /** design §7.1: then an admin looks. */
    const COMMAND_ATTEMPTS = 5;
    /** A lease outlives the slowest statement, not a provisioning: that is what GET_LOCK is for. */
    const LEASE_SECONDS = 60;
    /** How long a sender keeps rows it took: the slowest call and its clean-up. */
    const SPOOL_LEASE_SECONDS = 45;
    /** design §12: then the admin is told that credit is not applied meanwhile. */
    const BACKLOG_ALERT_SECONDS = 900;
}
