<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Db;
use StandIn\Web\Html;

/** The newest rows of WHMCS's logs. */
final class LogPages
{
    private const SHOWN = 100;

    public static function emails(): void
    {
        self::show('Email Message Log', 'tblemails', ['Date', 'To', 'Subject', 'Message'], static fn (object $row): array => [
            Html::date($row->date), Html::text($row->to), Html::text($row->subject), '<pre>' . $row->message . '</pre>',
        ]);
    }

    public static function activity(): void
    {
        self::show('Activity Log', 'tblactivitylog', ['Date', 'Description', 'User', 'Client'], static fn (object $row): array => [
            Html::date($row->date), Html::text($row->description), Html::text($row->user), (string) (int) $row->userid,
        ]);
    }

    public static function modules(): void
    {
        self::show('Module Log', 'tblmodulelog', ['Date', 'Module', 'Action', 'Request', 'Response'], static fn (object $row): array => [
            Html::date($row->date), Html::text($row->module), Html::text($row->action),
            '<pre>' . Html::text($row->request) . '</pre>', '<pre>' . Html::text($row->response) . '</pre>',
        ]);
    }

    public static function errors(): void
    {
        self::show('Error Log', 'tblerrorlog', ['Date', 'Severity', 'Message', 'File'], static fn (object $row): array => [
            Html::date($row->created_at), Html::text($row->severity), Html::text($row->message), Html::text("$row->filename:$row->line"),
        ]);
    }

    /** @param list<string> $heads */
    private static function show(string $title, string $table, array $heads, callable $cells): void
    {
        Admin::demand('View Activity Log');
        $rows = Db::table($table)->orderByDesc('id')->limit(self::SHOWN)->get()->map($cells)->all();
        AdminPage::show($title, Html::table($heads, array_values($rows)));
    }
}
