<?php

declare(strict_types=1);

namespace StandIn\Platform;

/**
 * Ends the process after the n-th write of an API action (design §11: "death between any two statements").
 *
 * The switch die_after_statement holds "<action>:<n>", or "<action>@<k>:<n>" for the process's k-th call of that action; it is
 * taken back before dying, so that the next try lives. Only the action's own writes are counted, not those of hook callbacks.
 */
final class Death
{
    /** @var list<array{action: string, count: int}> The actions under way, innermost last; a callback is an action without a name. */
    private static array $frames = [];

    /** @var array<string, int> How often the process has called each action. */
    private static array $calls = [];

    public static function within(string $action, callable $work): mixed
    {
        self::$frames[] = ['action' => $action, 'count' => 0];
        self::$calls[$action] = (self::$calls[$action] ?? 0) + 1;
        try {
            return $work();
        } finally {
            array_pop(self::$frames);
        }
    }

    public static function afterStatement(): void
    {
        if (self::$frames === []) {
            return;
        }
        $top = count(self::$frames) - 1;
        self::$frames[$top]['count']++;
        ['action' => $action, 'count' => $count] = self::$frames[$top];
        $deaths = ["$action:$count", $action . '@' . (self::$calls[$action] ?? 0) . ":$count"];
        if ($action === '' || !in_array(Switches::get('die_after_statement'), $deaths, true)) {
            return;
        }
        Switches::set('die_after_statement', '');
        EventLog::write('death', detail: "$action:$count");
        if (Switches::get('die_mode') === 'kill') {
            posix_kill(posix_getpid(), SIGKILL);
        }
        exit(1);
    }
}
