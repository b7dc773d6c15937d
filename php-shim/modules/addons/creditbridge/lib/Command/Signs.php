<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Command\Action\Action;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

/**
 * The changes that a command makes in WHMCS, and whether each is there now. A sign is `['isThere' => bool|null, 'says' =>
 * string]`; null where other movements of the same client hide it. They show what an admin may say of a command in doubt.
 */
final class Signs
{
    const ALL = 'all';
    /** What harms: "done" would lose the rest, "not done" would do the first part again. */
    const PART = 'part';
    const NONE = 'none';
    const UNCLEAR = 'unclear';

    /**
     * @param int $row the row of the credit log that an admin names; 0 if none
     * @return array<int, array{isThere: bool|null, says: string}>
     */
    public static function of(array $command, int $row = 0): array
    {
        $action = Action::named($command['action']);

        return $action === null ? [] : $action->signs($command, $row);
    }

    /** @param bool|null $isThere */
    public static function sign($isThere, string $yes, string $no): array
    {
        return ['isThere' => $isThere, 'says' => $isThere === true ? $yes : $no];
    }

    public static function extent(array $signs): string
    {
        $seen = array_column($signs, 'isThere');
        if (in_array(true, $seen, true) && in_array(false, $seen, true)) {
            return self::PART;
        }
        if ($seen === [] || in_array(null, $seen, true)) {
            return self::UNCLEAR;
        }
        return $seen[0] ? self::ALL : self::NONE;
    }

    /** What speaks for or against it, as parts of a sentence. */
    public static function tell(array $signs, bool $isThere): string
    {
        $those = array_filter($signs, static function (array $sign) use ($isThere): bool {
            return $sign['isThere'] === $isThere;
        });
        return implode('; ', array_column($those, 'says'));
    }

    /**
     * Those of every movement of credit: its row of the credit log, and the balance that follows the log. Without witnesses
     * there is nothing to compare with.
     *
     * @param int|null $row the row that shows it
     */
    public static function ofMovement(array $command, $row): array
    {
        $amount = CreditRow::amountOf($command);
        $shown = ($amount > 0 ? '+' : '') . Hundredths::format($amount);
        $log = self::sign(true, 'row ' . $row . ' of the credit log says ' . $shown, '');
        $before = $command['witnesses']['balance'] ?? null;
        if (!isset($command['witnesses']['creditId'])) {
            return $row === null ? [] : [$log];
        }
        $movements = Witnesses::movementsSince((int) $command['witnesses']['creditId'], $command['client_id']);
        if ($row === null) {
            $mayBe = in_array($amount, array_column($movements, 'amount'), true);
            $log = self::sign($mayBe ? null : false, '', 'the credit log has no row of ' . $shown);
        }
        $balance = Witnesses::balance($command['client_id']);
        if ($before === null || $balance === null) {
            return [$log];
        }
        $beyondLog = Hundredths::parse($balance) - Hundredths::parse($before)
            - array_sum(array_column($movements, 'amount'));
        $isThere = $row === null ? [0 => false, $amount => true] : [0 => true, -$amount => false];

        return [$log, self::sign(
            $isThere[$beyondLog] ?? null,
            'the balance moved by ' . $shown,
            'the balance did not move by ' . $shown
        )];
    }

    /** What became of a figure of the invoice. @return bool|null */
    public static function moved(array $before, $now, string $member, int $amount)
    {
        if ($now === null || !isset($before[$member], $now[$member])) {
            return null;
        }
        $moved = Hundredths::parse($now[$member]) - Hundredths::parse($before[$member]);

        return [0 => false, $amount => true][$moved] ?? null;
    }
}
