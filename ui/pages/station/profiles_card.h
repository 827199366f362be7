#pragma once

#include "ui/station_profile.h"
#include "ui/widgets/parts.h"

class QComboBox;
class QPushButton;

namespace keyconvoy::ui {

class AskPanel;
class Desk;
class StationForm;

/// Which profile is in use, and what can be done with profiles. What is typed into the form is used by jobs once it is saved.
class ProfilesCard final : public Card {
    Q_OBJECT

public:
    ProfilesCard(Desk& desk, StationForm& form, QWidget* parent = nullptr);

Q_SIGNALS:
    void revealWanted(QWidget* part);

private:
    [[nodiscard]] bool hasUnsavedChanges() const;
    void pick(const QString& name);
    void use(const StationProfile& profile);
    void save();
    void discard();
    void askForNew();
    void askForCopy();
    void askForRename();
    void askForDelete();
    /// Goes on at once when nothing would be lost, else asks first.
    void unlessUnsaved(const QString& question, const std::function<void()>& goOn);
    [[nodiscard]] QString takeAs(const QString& name, StationProfile profile);
    void showNames();
    void showState();

    Desk& m_desk;
    StationForm& m_form;
    StationProfile m_saved;
    QComboBox* m_names;
    QLabel* m_state;
    QPushButton* m_save;
    QPushButton* m_discard;
    QPushButton* m_new;
    QPushButton* m_copy;
    QPushButton* m_rename;
    QPushButton* m_delete;
    AskPanel* m_ask;
};

}  // namespace keyconvoy::ui
