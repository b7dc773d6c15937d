<?php

declare(strict_types=1);

namespace StandIn\Platform;

/**
 * What the upgrade to WHMCS 9 adds to the tables of 8.x: the two tables of notes and three columns of tblaccounts (whmcs.md §5).
 * Column types are not recorded, so they are ours. The way back exists for tests alone: WHMCS has none.
 */
final class NineSchema
{
    private const TABLES = [
        "CREATE TABLE tblbillingnotes (
            id int(10) unsigned NOT NULL AUTO_INCREMENT,
            note_type varchar(16) NOT NULL,
            custom_number varchar(64) NOT NULL DEFAULT '',
            client_id int(10) unsigned NOT NULL,
            date_issued date NOT NULL,
            subtotal decimal(16,2) NOT NULL,
            tax decimal(16,2) NOT NULL DEFAULT 0.00,
            tax2 decimal(16,2) NOT NULL DEFAULT 0.00,
            total decimal(16,2) NOT NULL,
            taxrate decimal(10,3) NOT NULL DEFAULT 0.000,
            taxrate2 decimal(10,3) NOT NULL DEFAULT 0.000,
            status varchar(32) NOT NULL,
            notes text NOT NULL,
            created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
            updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
            PRIMARY KEY (id),
            KEY client_id (client_id)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci",
        "CREATE TABLE tblbillingnoteitems (
            id int(10) unsigned NOT NULL AUTO_INCREMENT,
            billingnote_id int(10) unsigned NOT NULL,
            note_type varchar(16) NOT NULL,
            client_id int(10) unsigned NOT NULL,
            type varchar(30) NOT NULL DEFAULT '',
            relid int(10) NOT NULL DEFAULT 0,
            description text NOT NULL,
            amount decimal(16,2) NOT NULL,
            taxed int(1) NOT NULL DEFAULT 0,
            tax decimal(16,2) NOT NULL DEFAULT 0.00,
            tax2 decimal(16,2) NOT NULL DEFAULT 0.00,
            taxrate decimal(10,3) NOT NULL DEFAULT 0.000,
            taxrate2 decimal(10,3) NOT NULL DEFAULT 0.000,
            status varchar(32) NOT NULL,
            created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
            updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
            PRIMARY KEY (id),
            KEY billingnote_id (billingnote_id)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci",
    ];
    private const COLUMNS = "ALTER TABLE tblaccounts
        ADD COLUMN billingnoteid int(10) unsigned NOT NULL DEFAULT 0,
        ADD COLUMN type varchar(64) NOT NULL DEFAULT '',
        ADD COLUMN relid int(10) NOT NULL DEFAULT 0";
    /** A copy: columns that are dropped in place still count towards the size of a row, and the next upgrade adds them again. */
    private const WITHOUT_COLUMNS = 'ALTER TABLE tblaccounts DROP COLUMN billingnoteid, DROP COLUMN type, DROP COLUMN relid, ALGORITHM=COPY';
    /** Where the highest invoice of 8.x is remembered, among the switches. */
    private const LAST_BEFORE = 'last_invoice_before_nine';

    /** Brings the tables to the position of switch ledger. */
    public static function follow(string $ledger): void
    {
        if (self::exists() === ($ledger === '9.x')) {
            return;
        }
        $ledger === '9.x' ? self::add() : self::remove();
    }

    /** Whether an invoice was there before the upgrade. */
    public static function isFromBefore(int $invoiceId): bool
    {
        $last = Db::side()->prepare('SELECT value FROM standin_settings WHERE name = ?');
        $last->execute([self::LAST_BEFORE]);
        return $invoiceId <= (int) $last->fetchColumn();
    }

    private static function exists(): bool
    {
        return self::has("SHOW TABLES LIKE 'tblbillingnotes'");
    }

    private static function has(string $look): bool
    {
        return Db::side()->query($look)->fetchColumn() !== false;
    }

    private static function add(): void
    {
        // A test may have added the columns before WHMCS came.
        $columns = self::has("SHOW COLUMNS FROM tblaccounts LIKE 'billingnoteid'") ? [] : [self::COLUMNS];
        foreach ([...self::TABLES, ...$columns, ...self::triggers("IF(%s.billingnoteid > 0, 'note', 'payment')")] as $statement) {
            Db::side()->exec($statement);
        }
        Db::sideRun(
            'REPLACE INTO standin_settings (name, value) SELECT ?, COALESCE(MAX(id), 0) FROM tblinvoices',
            [self::LAST_BEFORE]
        );
    }

    private static function remove(): void
    {
        foreach (self::triggers("'payment'") as $statement) {
            Db::side()->exec($statement);
        }
        Db::side()->exec('DELETE FROM tblaccounts WHERE billingnoteid > 0');
        Db::side()->exec(self::WITHOUT_COLUMNS);
        Db::side()->exec('DROP TABLE tblbillingnotes, tblbillingnoteitems');
        Db::sideRun('DELETE FROM standin_settings WHERE name = ?', [self::LAST_BEFORE]);
    }

    /**
     * The triggers of triggers.sql that watch tblaccounts, which tell notes from payments where there are notes.
     *
     * @param string $what SQL, with %s for the row.
     * @return list<string>
     */
    private static function triggers(string $what): array
    {
        $amount = static fn (string $row): string => "$row.amountin - $row.amountout";
        $statements = [];
        foreach (['insert' => ['NEW', 'NULL', $amount('NEW')], 'update' => ['NEW', $amount('OLD'), $amount('NEW')],
            'delete' => ['OLD', $amount('OLD'), 'NULL']] as $event => [$row, $before, $after]) {
            $statements[] = "DROP TRIGGER standin_payment_$event";
            $statements[] = "CREATE TRIGGER standin_payment_$event AFTER $event ON tblaccounts FOR EACH ROW"
                . ' INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)'
                . ' VALUES (NOW(6), CONNECTION_ID(), ' . sprintf($what, $row) . ", $row.userid, $row.invoiceid, $before, $after)";
        }
        return $statements;
    }
}
