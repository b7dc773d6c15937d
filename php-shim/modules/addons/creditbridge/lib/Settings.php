<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use DateTimeImmutable;
use DateTimeZone;
use RuntimeException;

/**
 * The one settings row (bridge/README.md "The settings row"), as hooks.php read it or read again.
 */
final class Settings
{
    const STATE_NEW = 'new';
    const STATE_PAIRED = 'paired';
    /** Deactivated: the service is to know that no hook comes. */
    const STATE_INACTIVE = 'inactive';
    const STATE_COPY_OR_MOVE = 'copy-or-move';
    const STATE_COPY = 'copy';

    /** @var array column → value */
    private $row;
    /** @var float by Clock::seconds(), when the row was read */
    private $readAt;

    private function __construct(array $row)
    {
        $this->row = $row;
        $this->readAt = Clock::seconds();
    }

    /** Wraps the row that hooks.php read. */
    public static function of($row): self
    {
        return new self((array) $row);
    }

    /** @throws RuntimeException when the addon is not activated */
    public static function load(): self
    {
        $row = Database::row('SELECT *, UTC_TIMESTAMP(6) AS now_utc FROM mod_creditbridge_settings WHERE id = 1');
        if ($row === null) {
            throw new RuntimeException('Credit Bridge is not activated: its settings row is missing');
        }
        return new self($row);
    }

    public function reload(): void
    {
        $this->row = self::load()->row;
        $this->readAt = Clock::seconds();
    }

    /** The database's clock, UTC, without a query: the time of reading the row plus the time since then. */
    public function now(): string
    {
        $seconds = (int) (Clock::seconds() - $this->readAt);

        return (new DateTimeImmutable($this->text('now_utc'), new DateTimeZone('UTC')))
            ->modify('+' . $seconds . ' seconds')->format('Y-m-d H:i:s.u');
    }

    public function text(string $column): string
    {
        return (string) ($this->row[$column] ?? '');
    }

    public function number(string $column): int
    {
        return (int) ($this->row[$column] ?? 0);
    }

    /** A JSON column as an array. */
    public function json(string $column): array
    {
        return Json::decode($this->row[$column] ?? '');
    }

    /** Hook name → ['answer' => …, 'fields' => […]], as the service wants it. */
    public function manifestHooks(): array
    {
        $hooks = $this->json('manifest')['hooks'] ?? [];
        return is_array($hooks) ? $hooks : [];
    }

    public function isPaired(): bool
    {
        return $this->text('state') === self::STATE_PAIRED;
    }

    /** The service found that the database went back to an earlier state, and no admin has answered yet. */
    public function isHalted(): bool
    {
        return $this->text('halted') !== '';
    }

    /** Whether the shim may send and run: paired, and not halted. */
    public function isWorking(): bool
    {
        return $this->isPaired() && !$this->isHalted();
    }

    public function isFrozen(): bool
    {
        return $this->number('frozen') === 1;
    }

    /** Changes the state. Does nothing and returns false if it has changed since, so an admin's answer stays. */
    public function leave(string $from, string $to): bool
    {
        $isChanged = Database::change(
            'UPDATE mod_creditbridge_settings SET state = ? WHERE id = 1 AND state = ?',
            [$to, $from]
        ) === 1;
        $this->reload();

        return $isChanged;
    }

    /** Has this object, until it is read again, say what the database cannot store. */
    public function suppose(array $columns): void
    {
        $this->row = array_merge($this->row, $columns);
    }

    /** Writes columns; an array is stored as JSON. */
    public function write(array $columns): void
    {
        $names = [];
        foreach ($columns as $name => $value) {
            $columns[$name] = is_array($value) ? Json::encode($value) : $value;
            $names[] = $name . ' = ?';
        }
        Database::change(
            'UPDATE mod_creditbridge_settings SET ' . implode(', ', $names) . ' WHERE id = 1',
            array_values($columns)
        );
        $this->suppose($columns);
    }
}
